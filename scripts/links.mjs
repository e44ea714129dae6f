#!/usr/bin/env node
// Checks that every relative link in every Markdown file points to a file of the repository: `scripts/links.mjs
// --check`. `scripts/links.mjs README.md` prints the files that README.md links to, which a release includes.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
}).split('\0');

/** The paths that `file` links to, relative to the repository, without external links and links within the file. */
function linksOf(file) {
  const text = readFileSync(file, 'utf8').replace(/^```.*?^```/gms, '');
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target.split('#')[0]);
  const relative = targets.filter((target) => target !== '' && !/^[a-z]+:/.test(target));
  return [...new Set(relative)].map((target) => normalize(join(dirname(file), decodeURI(target))));
}

const isThere = (path) => tracked.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, '')}/`));

const [what] = process.argv.slice(2);
if (what === '--check') {
  const documents = tracked.filter((file) => file.endsWith('.md'));
  const dead = documents.flatMap((file) =>
    linksOf(file).filter((path) => !isThere(path)).map((path) => `${file}: there is no ${path}`),
  );
  for (const line of dead) console.error(line);
  process.exitCode = dead.length === 0 ? 0 : 1;
} else {
  for (const path of linksOf(what)) console.log(path);
}
