// Shortens what pages load, at set-up: scripts and styles with esbuild, fonts to the characters that are used.
// Called by app/cli/assets.py in the folder of the packages, with a list of jobs on its standard input.
import {readFile, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';

const require = createRequire(join(process.cwd(), 'package.json'));
const TARGET = 'es2020'; // what Safari 14 and WeChat's browser understand

async function shorten({text: source, to, loader}) {
  const {code} = await require('esbuild').transform(source, {
    loader,
    minify: true,
    target: TARGET,
    legalComments: 'inline',
  });
  await writeFile(to, code);
}

async function subset({from, to, characters}) {
  await writeFile(to, await require('subset-font')(await readFile(from), characters, {targetFormat: 'woff2'}));
}

try {
  for (const job of JSON.parse(await text(process.stdin))) {
    await (job.characters ? subset(job) : shorten(job));
  }
} catch (error) {
  process.stderr.write(error.message);
  process.exitCode = 1;
}
