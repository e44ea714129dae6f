#!/usr/bin/env node
// Checks the direction of dependencies: `scripts/arrows.mjs`.
//
// - Between crates: the output of `cargo metadata` is compared with CRATES.
// - Versions: every crate takes them from the workspace. The fuzz targets, a separate workspace, use the same ones.
// - Between the folders and files directly in src and in some crates: each may use those below it in FOLDERS, and no
//   other.
// - Between the files of a crate: no cycles of `use` and of paths. A module and its own child may use each other. A
//   re-exported name counts for the file that defines it. Tests are left out.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

/** The workspace crates that each crate may depend on. */
const CRATES = {
  'rolecall-model': [],
  'rolecall-routes': ['rolecall-model'],
  'rolecall-data': ['rolecall-model'],
  'rolecall-panels': ['rolecall-model'],
  'rolecall-sign-in': ['rolecall-model'],
  'rolecall-demo-provider': ['rolecall-routes', 'rolecall-sign-in'],
  'rolecall-entra': ['rolecall-routes', 'rolecall-sign-in'],
  'rolecall-core': ['rolecall-data', 'rolecall-model', 'rolecall-panels', 'rolecall-routes', 'rolecall-sign-in'],
  'rolecall-apps': ['rolecall-core', 'rolecall-model', 'rolecall-routes', 'rolecall-sign-in'],
  'rolecall-scim': ['rolecall-core', 'rolecall-routes', 'rolecall-sign-in'],
  'rolecall-api': [
    'rolecall-core', 'rolecall-data', 'rolecall-demo-provider', 'rolecall-model', 'rolecall-panels', 'rolecall-routes', 'rolecall-sign-in',
  ],
  'rolecall-config': [
    'rolecall-apps', 'rolecall-core', 'rolecall-data', 'rolecall-demo-provider', 'rolecall-entra', 'rolecall-model',
    'rolecall-routes', 'rolecall-sign-in',
  ],
  'rolecall-doctor': [
    'rolecall-apps', 'rolecall-config', 'rolecall-core', 'rolecall-data', 'rolecall-model', 'rolecall-routes', 'rolecall-sign-in',
  ],
  'rolecall-ui': ['rolecall-core', 'rolecall-entra', 'rolecall-model', 'rolecall-routes', 'rolecall-sign-in'],
  'rolecall-browser': ['rolecall-ui'],
  'rolecall-server': [
    'rolecall-api', 'rolecall-apps', 'rolecall-config', 'rolecall-core', 'rolecall-demo-provider', 'rolecall-doctor', 'rolecall-entra',
    'rolecall-model', 'rolecall-routes', 'rolecall-scim', 'rolecall-sign-in', 'rolecall-ui',
  ],
  rolecall: [
    'rolecall-api', 'rolecall-apps', 'rolecall-config', 'rolecall-core', 'rolecall-data', 'rolecall-demo-provider', 'rolecall-doctor',
    'rolecall-entra', 'rolecall-model', 'rolecall-panels', 'rolecall-routes', 'rolecall-scim', 'rolecall-server', 'rolecall-sign-in',
    'rolecall-ui',
  ],
  drop_in_leptos: ['rolecall-sign-in'],
};

/** The folders and files of large crates, from the top down. Those on one line may not use each other. */
const FOLDERS = {
  src: [
    ['main'],
    ['cli'],
    ['site'],
    ['policy'],
    ['handlers'],
    ['pages'],
  ],
  'crates/ui/src': [
    ['documents', 'page', 'rendered', 'returned'],
    ['problem'],
    ['components'],
    ['api'],
    ['caller', 'claims'],
    ['profile'],
    ['role_sources'],
  ],
  'crates/core/src': [
    ['account', 'admin', 'dashboards', 'uploads'],
    ['bookmarks', 'datasets', 'statistics'],
    ['audit'],
    ['data_dir', 'latest', 'ownership', 'request_id', 'schema', 'spec_files'],
  ],
  'crates/entra/src': [['graph', 'registration']],
};

const problems = [];

function checkCrates() {
  const metadata = execFileSync('cargo', ['metadata', '--no-deps', '--offline', '--format-version', '1'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const { name, dependencies } of JSON.parse(metadata).packages) {
    const used = dependencies.filter((dependency) => dependency.path).map((dependency) => dependency.name);
    for (const other of new Set(used)) {
      if (!CRATES[name]?.includes(other)) problems.push(`The crate ${name} must not depend on ${other}.`);
    }
  }
}

/** The dependencies in `file`, by name: in `[workspace.dependencies]`, or in the other sections. */
function dependenciesIn(file, { ofWorkspace = false } = {}) {
  const found = new Map();
  for (const section of readFileSync(file, 'utf8').split(/^(?=\[)/m)) {
    const [, title] = section.match(/^\[(.+)\]/) ?? [];
    if (!title?.endsWith('dependencies') || (title === 'workspace.dependencies') !== ofWorkspace) continue;
    for (const [, name, said] of section.matchAll(/^([\w-]+)\s*(?:=|(?=\.workspace))\s*(.+)$/gm)) found.set(name, said);
  }
  return found;
}

const versionIn = (said) => said?.match(/^"(.+)"|\bversion = "(.+?)"/)?.slice(1).find(Boolean);

function checkVersions() {
  const shared = dependenciesIn('Cargo.toml', { ofWorkspace: true });
  const members = ['.', ...['crates', 'examples'].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))];
  for (const file of members.map((member) => join(member, 'Cargo.toml')).filter((file) => existsSync(file))) {
    for (const [name, said] of dependenciesIn(file)) {
      if (!said.includes('workspace = true')) problems.push(`${file} must take ${name} from the workspace.`);
    }
  }
  for (const [name, said] of dependenciesIn('fuzz/Cargo.toml')) {
    if (shared.has(name) && versionIn(said) !== versionIn(shared.get(name))) {
      problems.push(`fuzz/Cargo.toml must name ${name} as Cargo.toml does.`);
    }
  }
}

/** The text of a file without comments, strings and tests, so that every remaining `use` and path is code. */
function codeOf(file) {
  const text = readFileSync(file, 'utf8')
    .replace(/"(?:\\.|[^"\\])*"|'(?:\\.[^']*|[^'\\])'|\/\/[^\n]*/gs, (found) => (found.startsWith('//') ? '' : '""'))
    .replace(/\/\*.*?\*\//gs, '')
    // The path in `pub(in super::super)` limits visibility, and uses nothing.
    .replace(/\bpub\s*\(in [^)]*\)/g, 'pub');
  const tests = text.search(/#\[cfg\(test\)\]\s*(pub(\(\w+\))? )?mod \w+ \{/);
  return tests < 0 ? text : text.slice(0, tests);
}

/** The paths of a `use` with braces, each with its local name. */
function pathsOf(tree) {
  const text = tree.trim();
  const open = text.indexOf('{');
  if (open < 0) {
    const [path, name] = text.split(/\s+as\s+/);
    const segments = path.split('::').map((segment) => segment.trim());
    if (segments.at(-1) === 'self') segments.pop();
    return [{ segments, name: name ?? segments.at(-1) }];
  }
  const prefix = text.slice(0, open).split('::').map((segment) => segment.trim()).filter(Boolean);
  const parts = [];
  let depth = 0;
  let from = open + 1;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if ((text[at] === ',' && depth === 1) || (text[at] === '}' && depth === 0)) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return parts
    .filter((part) => part.trim())
    .flatMap(pathsOf)
    .map(({ segments, name }) => ({ segments: [...prefix, ...segments], name: name ?? prefix.at(-1) }))
    .map(({ segments, name }) => ({ segments, name: name === 'self' ? segments.at(-1) : name }));
}

/** The modules of a crate by path (`session::records`): the file, the imports, and the paths in the code. */
function modulesOf(root) {
  const modules = new Map();
  const files = readdirSync(root, { recursive: true }).filter((name) => name.endsWith('.rs'));
  for (const name of files.filter((name) => !/(^|\/)tests(\.rs$|\/)/.test(name))) {
    const path = name.replace(/\.rs$/, '').replace(/(^|\/)(mod|lib)$/, '').replaceAll('/', '::');
    const code = codeOf(join(root, name));
    const imports = [...code.matchAll(/\buse\s+((?:crate|self|super|[a-z_]+)\b[^;]*);/g)].flatMap(([, tree]) => pathsOf(tree));
    const rest = code.replace(/\buse\s+[^;]*;/g, '');
    const named = [...rest.matchAll(/(?<![\w:$])((?:\$?crate|super|self|[a-z_]\w*)(?:::\w+)+)/g)];
    const macros = [...code.matchAll(/macro_rules!\s+(\w+)/g)].map(([, macro]) => macro);
    modules.set(path, { file: join(root, name), imports, named: named.map(([, path]) => path.split('::')), macros });
  }
  return modules;
}

const parentOf = (path) => path.split('::').slice(0, -1).join('::');
const below = (path, segment) => (path ? `${path}::${segment}` : segment);

/** The module that defines what `segments` mean in `from`; `undefined` if it is in another crate. */
function definedIn(modules, from, segments, seen = new Set()) {
  const key = `${from} ${segments.join('::')}`;
  if (seen.has(key)) return undefined;
  seen.add(key);
  let [first, ...rest] = segments;
  if (first === 'crate' || first === '$crate') return within(modules, '', rest, seen);
  if (first === 'self') return within(modules, from, rest, seen);
  if (first === 'super') {
    let at = parentOf(from);
    while (rest[0] === 'super') {
      at = parentOf(at);
      rest = rest.slice(1);
    }
    return within(modules, at, rest, seen);
  }
  if (modules.has(below(from, first))) return within(modules, below(from, first), rest, seen);
  const imported = modules.get(from)?.imports.find(({ name }) => name === first);
  if (!imported || imported.segments[0] === first) return undefined;
  return definedIn(modules, from, [...imported.segments, ...rest], seen);
}

/** The same for `segments` inside the module `at`. */
function within(modules, at, segments, seen) {
  const [first, ...rest] = segments;
  if (first === undefined || first === '*') return at;
  if (modules.has(below(at, first))) return within(modules, below(at, first), rest, seen);
  const module = modules.get(at);
  if (!module) return at;
  const imported = module.imports.find(({ name }) => name === first);
  if (imported) return definedIn(modules, at, [...imported.segments, ...rest], seen);
  if (at === '') {
    const macro = [...modules].find(([, { macros }]) => macros.includes(first));
    if (macro) return macro[0];
  }
  return at;
}

/** The modules that each module uses. */
function graphOf(modules) {
  const graph = new Map();
  for (const [path, { imports, named }] of modules) {
    const used = new Set();
    for (const segments of [...imports.map(({ segments }) => segments), ...named]) {
      const target = definedIn(modules, path, segments);
      if (target !== undefined && target !== path && modules.has(target)) used.add(target);
    }
    graph.set(path, used);
  }
  return graph;
}

/** The groups of modules that reach each other (Tarjan's strongly connected components), without groups of one. */
function circlesOf(graph) {
  const circles = [];
  const state = new Map();
  const stack = [];
  const visit = (node) => {
    const own = { index: state.size, low: state.size, isOnStack: true };
    state.set(node, own);
    stack.push(node);
    for (const next of graph.get(node)) {
      const other = state.get(next) ?? visit(next);
      if (other.isOnStack) own.low = Math.min(own.low, other.low);
    }
    if (own.low === own.index) {
      const circle = stack.splice(stack.indexOf(node));
      circle.forEach((member) => (state.get(member).isOnStack = false));
      if (circle.length > 1) circles.push(circle);
    }
    return own;
  };
  [...graph.keys()].forEach((node) => state.has(node) || visit(node));
  return circles;
}

function checkCircles(root, modules, graph) {
  const isOwn = (a, b) => parentOf(a) === b || parentOf(b) === a;
  const apart = new Map([...graph].map(([path, used]) => [path, new Set([...used].filter((to) => !isOwn(path, to)))]));
  for (const circle of circlesOf(apart)) {
    const arrows = circle.flatMap((from) =>
      [...apart.get(from)].filter((to) => circle.includes(to)).map((to) => `    ${from} → ${to}`),
    );
    problems.push(`A circle of files in ${root}:\n${arrows.sort().join('\n')}`);
  }
}

function checkFolders(levels, graph) {
  const levelOf = new Map(levels.flatMap((folders, level) => folders.map((folder) => [folder, level])));
  const folderOf = (path) => path.split('::')[0];
  for (const [from, used] of graph) {
    for (const to of used) {
      const [a, b] = [folderOf(from), folderOf(to)];
      if (a === '' || b === '' || a === b) continue;
      for (const folder of [a, b]) {
        if (!levelOf.has(folder)) problems.push(`scripts/arrows.mjs does not know the folder ${folder}.`);
      }
      if (levelOf.get(a) >= levelOf.get(b)) problems.push(`${from} must not use ${to}: ${a} stands below or beside ${b}.`);
    }
  }
}

checkCrates();
checkVersions();
for (const root of ['src', ...readdirSync('crates').map((crate) => `crates/${crate}/src`)]) {
  const modules = modulesOf(root);
  const graph = graphOf(modules);
  checkCircles(root, modules, graph);
  if (FOLDERS[root]) checkFolders(FOLDERS[root], graph);
}
for (const problem of new Set(problems)) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
