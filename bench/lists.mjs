// How long the lists of administrators take with very many people and entries: `node bench/lists.mjs ROLECALL [PEOPLE [ENTRIES]]`.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { circumstances } from './circumstances.mjs';
import { scratchFolder } from './cleanup.mjs';
import { send } from './http.mjs';
import { percentile } from './numbers.mjs';
import { Program } from './program.mjs';
import { signIn } from './sign_in.mjs';

const FILL = fileURLToPath(new URL('fill_lists.py', import.meta.url));
const TIMES = 50;
const TARGET_MS = 50;

/** What is asked for; `%` is another number each time. */
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
  'Requests': '/admin/requests',
  'Audit': '/admin/audit',
  'Audit by kind': '/admin/audit?kind=access_denied',
  'Audit by a kind that is not there': '/admin/audit?kind=audit_exported',
  'Audit by person': '/admin/audit?person=person%25',
  'Audit from an address': '/admin/audit?address=10.0.7.3',
  'Audit of a day': '/admin/audit?until=2020-01-01',
};

const [file, people = '100000', entries = '1000000'] = process.argv.slice(2);
if (!file) {
  console.error('Give the executable: node bench/lists.mjs ROLECALL [PEOPLE [ENTRIES]]');
  process.exit(2);
}
const demonstration = await Program.rolecall(file);
await demonstration.firstAnswerMs('/health/live');
const settings = {
  ROLECALL_PROVIDERS__BENCH__KIND: 'oidc',
  ROLECALL_PROVIDERS__BENCH__ISSUER: `${demonstration.origin}/demo`,
  ROLECALL_PROVIDERS__BENCH__CLIENT_ID: 'rolecall-demonstration',
};
const dataFolder = scratchFolder();
const first = await Program.rolecall(file, { dataFolder, settings });
await first.firstAnswerMs('/health/live');
await first.stop();
console.error(`==> Making ${people} people and ${entries} entries`);
execFileSync('python3', [FILL, dataFolder, people, entries], { stdio: 'inherit' });

const server = await Program.rolecall(file, { dataFolder, settings });
await server.firstAnswerMs('/health/live');
const cookie = await signIn(server.origin, 'bench', 'ada');
const lines = [];
for (const [name, path] of Object.entries(LISTS)) {
  const times = [];
  for (let time = 0; time < TIMES; time += 1) {
    const asked = path.replace('%25', String(100 + ((time * 131) % 900)));
    const begunMs = performance.now();
    const { status } = await send(server.origin + asked, { headers: { accept: 'text/html', cookie } });
    times.push(performance.now() - begunMs);
    if (status !== 200) throw new Error(`${asked} answered with ${status}.`);
  }
  const cells = [0.5, 0.95, 1].map((part) => `${percentile(times, part).toFixed(1)} ms`);
  lines.push(`| ${[name, ...cells, `≤ ${TARGET_MS} ms`, percentile(times, 0.95) <= TARGET_MS ? 'yes' : 'NO'].join(' | ')} |`);
}
console.log(`
${circumstances()}

| ${people} people, ${entries} entries | Median | 95 % | Longest | Target | Met |
| --- | ---: | ---: | ---: | ---: | --- |
${lines.join('\n')}`);
const begunMs = performance.now();
const environment = { ...process.env, ...settings, ROLECALL_DATA_DIR: dataFolder };
const verified = execFileSync(file, ['audit', 'verify'], { env: environment, encoding: 'utf8' }).trim();
console.log(`\n${verified} (${((performance.now() - begunMs) / 1000).toFixed(1)} s)`);
await server.stop();
await demonstration.stop();
process.exit();
