// How long the lists of administrators take with very many people and entries: `node bench/lists.mjs ROLECALL
// [sqlite|postgres [PEOPLE [ENTRIES]]]`. It measures pages, later parts of them, and the lists of the API.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { circumstances } from './circumstances.mjs';
import { scratchFolder } from './cleanup.mjs';
import { send } from './http.mjs';
import { percentile } from './numbers.mjs';
import { startPostgres } from './postgres.mjs';
import { Program, runCommand } from './program.mjs';
import { PROVIDER, WITH_API, startProvider } from './provider.mjs';
import { signIn } from './sign_in.mjs';

const FILL = fileURLToPath(new URL('fill_lists.py', import.meta.url));
const TIMES = 50;
const TARGET_MS = 50;
/** The time between two entries of the audit, as in `fill_lists.py`. */
const ENTRY_EVERY_MS = 100;
/** How many parts of a list are skipped before a later one is measured. */
const TURNED = 10;
/** The texts of empty lists. */
const EMPTY = /Nobody matches|There is no such session|No request is waiting|Nothing was decided|No entry matches|There are no older ones|"(?:users|sessions|entries)":\[\]/;

const [file, kind = 'sqlite', people = '100000', entries = '1000000'] = process.argv.slice(2);
if (!file || !['sqlite', 'postgres'].includes(kind)) {
  console.error('Give the executable: node bench/lists.mjs ROLECALL [sqlite|postgres [PEOPLE [ENTRIES]]]');
  process.exit(2);
}
/** The day in the middle of all entries (UTC). */
const day = new Date(Date.now() - (Number(entries) * ENTRY_EVERY_MS) / 2).toISOString().slice(0, 10);

/** The measured addresses; `%25` becomes another number each time. */
const LISTS = {
  'People': '/admin/users',
  'People by a name that one has': '/admin/users?q=person%25',
  'People by a name that all have': '/admin/users?q=person',
  'People by a name that nobody has': '/admin/users?q=nobody%25',
  'People by two letters': '/admin/users?q=ad',
  'One person': '/admin/users/1%25',
  'Sessions': '/admin/sessions',
  'Sessions of one': '/admin/sessions?person=person%250',
  'Sessions by role': '/admin/sessions?role=write',
  'Sessions from an address': '/admin/sessions?address=10.0.0.0',
  'Requests that wait': '/admin/requests',
  'Requests that were decided': '/admin/requests?decided=1',
  'Audit': '/admin/audit',
  'Audit by kind': '/admin/audit?kind=access_denied',
  'Audit by a kind that is not there': '/admin/audit?kind=audit_exported',
  'Audit by person': '/admin/audit?person=person%25',
  'Audit from an address': '/admin/audit?address=10.0.7.3',
  'Audit of a day': `/admin/audit?from=${day}&until=${day}`,
  'Audit of a long ago day, without entries': '/admin/audit?until=2020-01-01',
  'Own sessions': '/account/sessions',
  'API: users': '/api/v1/users',
  'API: users by name': '/api/v1/users?search=person%25',
  'API: sessions': '/api/v1/sessions',
  'API: sessions by role': '/api/v1/sessions?role=write',
  'API: audit': '/api/v1/audit',
  'API: audit by kind': '/api/v1/audit?kind=access_denied',
};
/** The lists without results. */
const FIND_NOTHING = ['People by a name that nobody has', 'Audit by a kind that is not there', 'Audit of a long ago day, without entries'];
/** The lists of which a later part is measured as well. */
const LATER = [
  'People', 'People by a name that all have', 'Sessions', 'Sessions by role', 'Requests that wait', 'Requests that were decided',
  'Audit', 'Audit by kind', 'Audit of a day', 'Own sessions', 'API: users', 'API: sessions', 'API: audit',
];

const { provider, settings: ofProvider } = await startProvider(file);
const postgres = kind === 'postgres' ? await startPostgres() : undefined;
const database = postgres ? { ROLECALL_DATABASE_URL: postgres.url } : {};
const settings = { ...ofProvider, ...WITH_API, ...database };
const dataFolder = scratchFolder();
const first = await Program.rolecall(file, { dataFolder, settings });
await first.firstAnswerMs('/health/live');
// The viewer is a person with a history.
await signIn(first.origin, PROVIDER, 'ada');
await first.stop();
console.error(`==> Making ${people} people and ${entries} entries`);
execFileSync('python3', [FILL, dataFolder, people, entries, ...Object.values(database)], { stdio: 'inherit' });

const server = await Program.rolecall(file, { dataFolder, settings });
await server.firstAnswerMs('/health/live');
const page = { accept: 'text/html', cookie: await signIn(server.origin, PROVIDER, 'ada') };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const tokens = await send(`${provider.origin}/demo/api-token`, { method: 'POST', headers: form, body: 'person=ada' });
const program = { accept: 'application/json', authorization: `Bearer ${JSON.parse(tokens.body).access_token}` };

/** Requests a list and returns the answer. A list must be empty exactly if `findsNothing`. */
async function ask(path, findsNothing) {
  const headers = path.startsWith('/api/') ? program : page;
  const { status, body } = await send(server.origin + path, { headers });
  if (status !== 200) throw new Error(`${path} answered with ${status}.`);
  return { isMeant: EMPTY.test(body) === findsNothing, body: body.toString() };
}

/** The path of the part after the one in `body`. */
function nextPath(path, body) {
  if (path.startsWith('/api/')) return JSON.parse(body).next;
  const [link] = body.match(/<a\b[^>]*\brel="next"[^>]*>/) ?? [];
  return link?.match(/\bhref="([^"]*)"/)[1].replaceAll('&amp;', '&');
}

/** The path of a later part of the list at `path`. */
async function laterPath(path) {
  let later = path;
  for (let turned = 0; turned < TURNED; turned += 1) {
    later = nextPath(later, (await ask(later, false)).body);
    if (!later) throw new Error(`${path} has no ${turned + 2} parts: make more people and entries.`);
  }
  return later;
}

const asked = Object.entries(LISTS).map(([name, path]) => ({ name, path, findsNothing: FIND_NOTHING.includes(name) }));
for (const name of LATER) {
  const path = await laterPath(LISTS[name]);
  asked.push({ name: `${name}, part ${TURNED + 1}`, path, findsNothing: false });
}
const lines = [];
let isMet = true;
for (const { name, path, findsNothing } of asked) {
  const times = [];
  for (let time = 0; time < TIMES; time += 1) {
    const numbered = path.replace('%25', String(100 + ((time * 131) % 900)));
    const begunMs = performance.now();
    const { isMeant } = await ask(numbered, findsNothing);
    times.push(performance.now() - begunMs);
    if (!isMeant) throw new Error(`${numbered} finds ${findsNothing ? 'something' : 'nothing: make more people and entries'}.`);
  }
  const cells = [0.5, 0.95, 1].map((part) => `${percentile(times, part).toFixed(1)} ms`);
  const isQuick = percentile(times, 0.95) <= TARGET_MS;
  isMet &&= isQuick;
  lines.push(`| ${[name, ...cells, `≤ ${TARGET_MS} ms`, isQuick ? 'yes' : 'NO'].join(' | ')} |`);
}
console.log(`
${circumstances()}

| ${kind}: ${people} people, ${entries} entries | Median | 95 % | Longest | Target of the 95 % | Met |
| --- | ---: | ---: | ---: | ---: | --- |
${lines.join('\n')}`);
const begunMs = performance.now();
const verified = runCommand(file, ['audit', 'verify'], dataFolder, settings).trim();
console.log(`\n${verified} (${((performance.now() - begunMs) / 1000).toFixed(1)} s)`);
await server.stop();
await provider.stop();
await postgres?.stop();
process.exit(isMet ? 0 : 1);
