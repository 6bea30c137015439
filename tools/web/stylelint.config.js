// Styles: the standard rules, one declaration a line.
export default {
  extends: 'stylelint-config-standard',
  rules: {
    'declaration-block-single-line-max-declarations': 1,
    // A file follows the order of the page, and narrow screens override whole components.
    'no-descending-specificity': null,
    // :not(a, b) counts as one selector, :not(a):not(b) as two: they are not the same.
    'selector-not-notation': null,
    // The system font of macOS is a name, not a keyword.
    'value-keyword-case': ['lower', {ignoreKeywords: ['BlinkMacSystemFont']}],
    // Our classes are in kebab-case; those of select2 have its own form.
    'selector-class-pattern': '^(select2-.+|[a-z][a-z0-9]*(-[a-z0-9]+)*)$',
    // Safari before 15.4 and WeChat's browser know some properties only by their prefix.
    'property-no-vendor-prefix': null,
    'value-no-vendor-prefix': null,
    // (width <= 767px) is unknown to Safari before 16.4.
    'media-feature-range-notation': 'prefix',
  },
};
