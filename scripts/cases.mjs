#!/usr/bin/env node
// Writes docs/CASES.md: every case of tests/cases.txt with the tests that show it. With `--check` it changes nothing
// and fails if a case has no test, a test names no case, the document is outdated, a reference in docs/SECURITY-ASVS.md
// does not exist, or the name of a test that needs PostgreSQL does not say so, which is how such tests are skipped.
//
// A test names its cases in lines directly above it: `// Case: rp/invalid-iss, rp/missing-sub`.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const LIST = 'tests/cases.txt';
const DOCUMENT = 'docs/CASES.md';
const SOURCES = [
  { folder: 'crates', ending: '.rs', tests: rustTests },
  { folder: 'src', ending: '.rs', tests: rustTests },
  { folder: 'tests', ending: '.rs', tests: rustTests },
  { folder: 'end2end/tests', ending: '.spec.js', tests: playwrightTests },
];

const problems = [];

/** Reads the list: sections, their parts and cases, and every case by its id. */
function readList() {
  const sections = [];
  const cases = new Map();
  let latest;
  readFileSync(join(ROOT, LIST), 'utf8').split('\n').forEach((line, index) => {
    const wrong = (what) => problems.push(`${LIST}:${index + 1}: ${what}`);
    const [, section] = line.match(/^## (.+)/) ?? [];
    const [, part] = line.match(/^### (.+)/) ?? [];
    const [, reason] = line.match(/^\s+reason: (.+)/) ?? [];
    const [, id, statement] = line.match(/^([a-z0-9-]+\/[a-z0-9-]+): (.+)/) ?? [];
    if (section) sections.push({ title: section, parts: [] });
    else if (part) sections.at(-1).parts.push({ title: part, cases: [] });
    else if (reason && latest) latest.reason = reason;
    else if (id && cases.has(id)) wrong(`${id} is there twice`);
    else if (id) {
      latest = { id, statement, tests: [] };
      cases.set(id, latest);
      sections.at(-1).parts.at(-1).cases.push(latest);
    } else if (line.trim() && !line.startsWith('# ') && line !== '#') wrong('this line is neither a case nor a title');
  });
  return { sections, cases };
}

/** All files in `folder` and its subfolders whose names have that ending. */
function files({ folder, ending }) {
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const named = entries.filter((entry) => entry.isFile() && entry.name.endsWith(ending));
  return named.map((entry) => relative(ROOT, join(entry.parentPath ?? entry.path, entry.name))).sort();
}

/** The line after the comments, attributes and documentation that begin at `start`. */
function skipTo(lines, start, isOver) {
  let at = start;
  while (at < lines.length && !isOver(lines[at])) at += 1;
  return at;
}

/** The name of the Rust test that begins at `start`, or a message why there is none. */
function rustTests(lines, start) {
  const at = skipTo(lines, start, (line) => !/^\s*(\/\/|#\[)/.test(line));
  const above = lines.slice(start, at).map((line) => line.trim());
  const [, name] = lines[at]?.match(/^\s*(?:async )?fn (\w+)\(/) ?? [];
  if (!name) return { wrong: 'there is no test below the case' };
  const both = lines.join('\n').match(/^on_both_(dialects|kinds)! \{[^}]*\}/m)?.[0] ?? '';
  const isTest = above.some((line) => /^#\[(tokio::)?test\b/.test(line)) || new RegExp(`\\b${name},`).test(both);
  if (!isTest) return { wrong: `${name} is not a test` };
  if (above.some((line) => line.startsWith('#[ignore'))) return { wrong: `${name} is ignored` };
  return { name };
}

/** The title of the Playwright test that begins at `start`, or a message why there is none. */
function playwrightTests(lines, start) {
  const at = skipTo(lines, start, (line) => !/^\s*\/\//.test(line));
  const [, name] = lines[at]?.match(/^\s*\w+\((?:'([^']+)'|`([^`]+)`)/)?.filter(Boolean) ?? [];
  return name ? { name } : { wrong: 'there is no test below the case' };
}

/** Assigns the tests to their cases. */
function readTests(cases) {
  for (const source of SOURCES) {
    for (const file of files(source)) {
      const lines = readFileSync(join(ROOT, file), 'utf8').split('\n');
      lines.forEach((line, index) => {
        const [, ids] = line.match(/^\s*\/\/ Case: (.+)/) ?? [];
        if (!ids) return;
        const { name, wrong } = source.tests(lines, index);
        if (wrong) problems.push(`${file}:${index + 1}: ${wrong}`);
        for (const id of ids.split(',').map((each) => each.trim())) {
          if (!cases.has(id)) problems.push(`${file}:${index + 1}: there is no case ${id}`);
          else if (name) cases.get(id).tests.push({ file, name });
        }
      });
    }
  }
}

/** Renders the document. */
function write({ sections, cases }) {
  const shown = [...cases.values()].filter(({ tests }) => tests.length).length;
  const lines = [
    '# Cases',
    '',
    `<!-- Made by \`make cases\` from ${LIST} and the tests. Do not edit. -->`,
    '',
    'What Rolecall must do and must not do, each case beside the tests that show it. They run with `make test`. A case',
    'that something is refused is shown together with the same request without its mistake, which passes.',
    '',
    `${cases.size} cases, ${shown} of them shown by tests.`,
  ];
  for (const { title, parts } of sections) {
    lines.push('', `## ${title}`);
    for (const part of parts) {
      lines.push('', `### ${part.title}`, '', '| case | what holds | shown by |', '| --- | --- | --- |');
      lines.push(...part.cases.map(row));
    }
  }
  return `${lines.join('\n')}\n`;
}

function row({ id, statement, reason, tests }) {
  const cell = (text) => text.replaceAll('|', '\\|');
  const links = tests.map(({ file, name }) => `[${cell(name)}](../${file})`);
  const shownBy = links.join('<br>') || (reason ? `not tested: ${cell(reason)}` : '**nothing yet**');
  return `| \`${id}\` | ${cell(statement)} | ${shownBy} |`;
}

/** Checks the references in `document`: the linked files, and the named cases. */
function checkReferences(document, cases) {
  const groups = new Set([...cases.keys()].map((id) => id.split('/')[0]));
  readFileSync(join(ROOT, document), 'utf8').split('\n').forEach((line, index) => {
    const at = `${document}:${index + 1}`;
    for (const [, target] of line.matchAll(/\]\(([^)#:]+)\)/g)) {
      if (!existsSync(join(ROOT, dirname(document), target))) problems.push(`${at}: there is no ${target}`);
    }
    for (const [, id, group] of line.matchAll(/`(([a-z0-9-]+)\/[a-z0-9-]+)`/g)) {
      if (groups.has(group) && !cases.has(id)) problems.push(`${at}: there is no case ${id}`);
    }
  });
}

/** Checks that the path of each test that starts a PostgreSQL server contains the word by which `make test` skips it without PostgreSQL. */
function checkPostgres() {
  for (const file of [...files({ folder: 'tests', ending: '.rs' }), ...files({ folder: 'crates', ending: '.rs' })]) {
    let [module, test] = ['', ''];
    readFileSync(join(ROOT, file), 'utf8').split('\n').forEach((line, index) => {
      if (line === '}') module = '';
      module = line.match(/^mod (\w+) \{/)?.[1] ?? module;
      test = line.match(/^\s*(?:async )?fn (\w+)\(/)?.[1] ?? test;
      const starts = /\b(Postgres::start|(TestDb|SourceDb)::postgres)\(/.test(line) && !file.includes('/support/');
      // A macro that generates tests puts them into a module with that name.
      if (!starts || line.includes('$crate')) return;
      if (!`${file} ${module} ${test}`.includes('postgres')) problems.push(`${file}:${index + 1}: ${test} needs PostgreSQL, and its name does not say so`);
    });
  }
}

const list = readList();
checkPostgres();
readTests(list.cases);
checkReferences('docs/SECURITY-ASVS.md', list.cases);
for (const { id, tests, reason } of list.cases.values()) {
  if (tests.length && reason) problems.push(`${LIST}: ${id} has a test, so it needs no reason`);
}
const missing = [...list.cases.values()].filter(({ tests, reason }) => !tests.length && !reason);
const document = write(list);
if (process.argv.includes('--check')) {
  let present = '';
  try {
    present = readFileSync(join(ROOT, DOCUMENT), 'utf8');
  } catch {
    // A missing document counts as outdated.
  }
  if (present !== document) problems.push(`${DOCUMENT} is stale: run \`make cases\``);
  problems.push(...missing.map(({ id, statement }) => `no test shows ${id}: ${statement}`));
} else {
  writeFileSync(join(ROOT, DOCUMENT), document);
  console.log(`${DOCUMENT}: ${list.cases.size} cases, ${missing.length} of them without a test`);
  for (const { id, statement } of missing) console.log(`  no test shows ${id}: ${statement}`);
}
if (problems.length) {
  console.error(problems.join('\n'));
  console.error(`${problems.length} problems with the cases`);
  process.exit(1);
}
