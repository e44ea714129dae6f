// The effect of a million live sign-ins on people who sign in, next to thirty open pages of administrators: `node
// bench/many.mjs ROLECALL [NUMBER]`. With `expired` after the number: the effect of cleaning up a million expired ones.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { circumstances } from './circumstances.mjs';
import { scratchFolder } from './cleanup.mjs';
import { send } from './http.mjs';
import { percentile } from './numbers.mjs';
import { Program } from './program.mjs';
import { PROVIDER, startProvider } from './provider.mjs';
import { signIn } from './sign_in.mjs';

const FILL = fileURLToPath(new URL('fill.py', import.meta.url));
const OPEN_PAGES = 30;
/** The interval at which an open page is fetched again, as it is when its figures change. */
const PAGE_ASKS_EVERY_MS = 10_000;
const MEASURED_MS = 60_000;
const READINESS_EVERY_MS = 250;
/** The age of expired sign-ins. */
const EXPIRED_DAYS = 2;
const CLEANED_WITHIN_MS = 30 * 60_000;
const LOOK_EVERY_MS = 5_000;

const say = (what) => console.error(`==> ${what}`);

/** The duration of `what`, in milliseconds. */
async function timed(what) {
  const begunMs = performance.now();
  await what();
  return performance.now() - begunMs;
}

/** Requests `path`; any status other than 200 is an error. */
async function ask(server, path, cookie) {
  const { status } = await send(server.origin + path, { headers: { accept: 'text/html', cookie } });
  if (status !== 200) throw new Error(`${path} answered with ${status}.`);
}

/** Repeats `what` until `until`, at least `everyMs` apart. Returns the durations. */
async function again(until, everyMs, what) {
  const times = [];
  while (performance.now() < until) {
    const took = await timed(what);
    times.push(took);
    await wait(Math.max(0, everyMs - took));
  }
  return times;
}

function line(what, times, targetMs) {
  const cells = [0.5, 0.95, 1].map((part) => `${percentile(times, part).toFixed(1)} ms`);
  const met = percentile(times, 0.95) <= targetMs ? 'yes' : 'NO';
  return `| ${[what, times.length, ...cells, `≤ ${targetMs} ms`, met].join(' | ')} |`;
}

/** How many of the expired sign-ins in the database at `path` are not marked as ended yet. */
function unended(path) {
  const count = `import sqlite3, sys
print(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(
    "SELECT COUNT(*) FROM sign_ins WHERE revoked_at IS NULL AND created_at < (unixepoch() - 86400) * 1000").fetchone()[0])`;
  return Number(execFileSync('python3', ['-c', count, path], { encoding: 'utf8' }));
}

/** Waits until none of the created sign-ins is left. Returns the seconds since `begunMs`. */
async function cleaned(path, begunMs) {
  while (unended(path) > 0) {
    if (performance.now() - begunMs > CLEANED_WITHIN_MS) throw new Error('The sign-ins were not cleaned up in time.');
    await wait(LOOK_EVERY_MS);
  }
  return (performance.now() - begunMs) / 1000;
}

const megabytes = (path) => `${Math.round(statSync(path).size / 1e6)} MB`;

const [file, number = '1000000', kind = 'live'] = process.argv.slice(2);
if (!file || !['live', 'expired'].includes(kind)) {
  console.error('Give the executable: node bench/many.mjs ROLECALL [NUMBER [expired]]');
  process.exit(2);
}
const { provider, settings } = await startProvider(file);
const dataFolder = scratchFolder();
const first = await Program.rolecall(file, { dataFolder, settings });
await first.firstAnswerMs('/health/live');
await first.stop();
const database = join(dataFolder, 'rolecall.sqlite3');
say(`Making ${number} sign-ins`);
execFileSync('python3', [FILL, database, number, kind === 'expired' ? String(EXPIRED_DAYS) : '0'], { stdio: 'inherit' });
const filled = megabytes(database);

say('Measuring');
const begunMs = performance.now();
const server = await Program.rolecall(file, { dataFolder, settings });
await server.firstAnswerMs('/health/live');
const admin = await signIn(server.origin, PROVIDER, 'ada');
const firstView = await timed(() => ask(server, '/dashboards/weather', admin));

const until = performance.now() + MEASURED_MS;
const pages = Array.from({ length: OPEN_PAGES }, async (_, page) => {
  await ask(server, '/dashboards/weather', admin);
  await wait((page * PAGE_ASKS_EVERY_MS) / OPEN_PAGES);
  return again(until, PAGE_ASKS_EVERY_MS, () => ask(server, '/dashboards/weather', admin));
});
const readiness = again(until, READINESS_EVERY_MS, () => ask(server, '/health/ready', ''));
const signIns = again(until, 0, () => signIn(server.origin, PROVIDER, 'reed'));
const figures = (await Promise.all(pages)).flat();

console.log(`
${circumstances()}

| ${number} ${kind} sign-ins, ${OPEN_PAGES} open pages | Times | Median | 95 % | Longest | Target | Met |
| --- | ---: | ---: | ---: | ---: | ---: | --- |
${line('First view of the dashboard as Admin after a start', [firstView], 300)}
${line('Complete sign-in', await signIns, 100)}
${line('`/health/ready`', await readiness, 50)}
${line('An open page, fetched again', figures, 300)}`);
if (kind === 'expired') {
  const seconds = Math.round(await cleaned(database, begunMs));
  console.log(`\nAll were ended ${seconds} s after the start. The file had ${filled}, and has ${megabytes(database)}.`);
}
await server.stop();
await provider.stop();
process.exit();
