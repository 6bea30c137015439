// Scripts: ES modules, one declaration a line, names that do not hide others.
import js from '@eslint/js';
import globals from 'globals';

const OURS = 'app/static/kepan/**/*.js';

export default [
  js.configs.recommended,
  {
    files: [OURS],
    languageOptions: {
      ecmaVersion: 2020, // what Safari 14 and WeChat's browser understand
      sourceType: 'module',
      globals: globals.browser,
    },
  },
  {
    files: ['app/static/kepan/boot.js'],
    languageOptions: {sourceType: 'script'},
  },
  {
    files: ['tools/web/*.js', 'app/cli/*.mjs'],
    languageOptions: {sourceType: 'module', globals: globals.node},
  },
  {
    rules: {
      curly: ['error', 'multi-line'],
      eqeqeq: ['error', 'always', {null: 'ignore'}],
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', {max: 40, skipComments: true}],
      'max-statements-per-line': ['error', {max: 1}],
      'no-else-return': 'error',
      'no-nested-ternary': 'error',
      'no-shadow': 'error',
      'no-unused-vars': ['error', {args: 'after-used', argsIgnorePattern: '^(_|event$)'}],
      'no-use-before-define': ['error', {functions: false}],
      'no-var': 'error',
      'object-shorthand': 'error',
      'one-var': ['error', 'never'],
      'prefer-arrow-callback': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
      // app/kernel/pages/bundles.py takes the indentation away.
      'no-restricted-syntax': [
        'error',
        {selector: 'TemplateElement[value.raw=/\\n/]', message: 'A template literal stays on one line.'},
      ],
    },
  },
];
