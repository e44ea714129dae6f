// Measures a release build and prints one table: `node bench/measure.mjs ROLECALL BARE_ROUTE`, the two executables.
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

import { firstVisit } from './first_visit.mjs';
import { Program, scratchFolder } from './program.mjs';
import { signIn } from './sign_in.mjs';
import { Table } from './table.mjs';
import { measureRoute } from './wrk.mjs';

const FIRST_STARTS = 3;
const WARM_STARTS = 10;
const SIGN_INS = 300;
const WARM_UP_SIGN_INS = 20;

/** What is to be reached. */
const LIMITS = {
  session: [1.5, '×'],
  asset: [2, '×'],
  home: [8, '×'],
  dashboard: [15, '×'],
  signIn: [1.5, 'ms'],
  start: [150, 'ms'],
  memory: [40, 'MB'],
  wasm: [300, 'kB'],
  firstVisit: [350, 'kB'],
};

const [rolecallFile, bareRouteFile] = process.argv.slice(2);
if (!bareRouteFile) {
  console.error('Give the two executables: node bench/measure.mjs ROLECALL BARE_ROUTE');
  process.exit(2);
}

const say = (what) => console.error(`==> ${what}`);
const mean = (...values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The middle one, or the mean of the two in the middle. */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return mean(sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]);
}

/** Starts Rolecall once for each data folder: the medians of the times to the first answers. */
async function measureStarts(dataFolders) {
  const times = { live: [], home: [] };
  for (const dataFolder of dataFolders) {
    const program = await Program.rolecall(rolecallFile, { dataFolder });
    const [live, home] = await Promise.all([program.firstAnswerMs('/health/live'), program.firstAnswerMs('/')]);
    times.live.push(live / 1e3);
    times.home.push(home / 1e3);
    await program.stop();
  }
  return { live: median(times.live), home: median(times.home) };
}

/** The routes under load, with what each may cost. */
async function routesOf(rolecall, files) {
  const page = { accept: 'text/html' };
  const [reed, ada] = [await signIn(rolecall.origin, 'demo', 'reed'), await signIn(rolecall.origin, 'demo', 'ada')];
  const asset = (kind) => ({ path: files.get(kind).path, headers: { 'accept-encoding': 'br' }, limit: LIMITS.asset });
  return [
    {
      what: 'Session-checked JSON, `/api/session`',
      path: '/api/session',
      headers: { accept: 'application/json', cookie: reed },
      expected: 'Reed Marlow',
      limit: LIMITS.session,
    },
    {
      what: 'Front page, signed in, `/`',
      path: '/',
      headers: { ...page, cookie: reed },
      expected: 'Reed Marlow',
      limit: LIMITS.home,
    },
    ...[['Read', 'Reed Marlow', reed], ['Admin', 'Ada Vale', ada]].map(([role, expected, cookie]) => ({
      what: `Dashboard as ${role}, \`/dashboards/weather\``,
      path: '/dashboards/weather',
      headers: { ...page, cookie },
      expected,
      limit: LIMITS.dashboard,
    })),
    { what: 'Hashed style sheet, as brotli', ...asset('css') },
    { what: 'Hashed WebAssembly, as brotli', ...asset('wasm') },
  ];
}

/** Puts load on every route, and on the bare one before and after each: its ratio is to the mean of these two. */
async function measureRoutes(rolecall, routes) {
  const bareRoute = await Program.bareRoute(bareRouteFile);
  await bareRoute.firstAnswerMs('/');
  const measureBare = () => measureRoute(bareRoute, { path: '/' });
  const bare = [await measureBare()];
  const measured = [];
  for (const route of routes) {
    say(`Measuring: ${route.what}`);
    const result = await measureRoute(rolecall, route);
    bare.push(await measureBare());
    measured.push({ ...route, ...result, ratio: result.cpuUs / mean(...bare.slice(-2).map(({ cpuUs }) => cpuUs)) });
  }
  await bareRoute.stop();
  return { bare, measured };
}

/** CPU time in seconds of a complete sign-in, of the server alone: the provider is in the process of `demonstration`. */
async function measureSignIns(demonstration) {
  const settings = {
    ROLECALL_PROVIDERS__BENCH__KIND: 'oidc',
    ROLECALL_PROVIDERS__BENCH__ISSUER: `${demonstration.origin}/demo`,
    ROLECALL_PROVIDERS__BENCH__CLIENT_ID: 'rolecall-demonstration',
  };
  const server = await Program.rolecall(rolecallFile, { settings });
  await server.firstAnswerMs('/health/live');
  for (let i = 0; i < WARM_UP_SIGN_INS; i += 1) await signIn(server.origin, 'bench', 'reed');
  const before = server.cpuSeconds();
  for (let i = 0; i < SIGN_INS; i += 1) await signIn(server.origin, 'bench', 'reed');
  const seconds = (server.cpuSeconds() - before) / SIGN_INS;
  await server.stop();
  return seconds;
}

/** On what and when this was measured, in a line. */
function circumstances() {
  const output = (program, ...args) => {
    try {
      return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      return '';
    }
  };
  const [rust, commit] = [output('rustc', '--version'), output('git', 'describe', '--always', '--dirty')];
  const [{ model }] = os.cpus();
  const machine = `${os.availableParallelism()} cores of ${model.trim()}, Linux ${os.release()}`;
  return [new Date().toISOString().slice(0, 10), commit, machine, rust].filter(Boolean).join(' · ');
}

say(`Measuring: ${FIRST_STARTS} first starts and ${WARM_STARTS} further ones`);
const firstStart = await measureStarts(Array.from({ length: FIRST_STARTS }, scratchFolder));
const warmFolder = scratchFolder();
await measureStarts([warmFolder]);
const warmStart = await measureStarts(Array(WARM_STARTS).fill(warmFolder));

const rolecall = await Program.rolecall(rolecallFile, { dataFolder: warmFolder });
await rolecall.firstAnswerMs('/');
await wait(1_000);
const memoryAtRest = rolecall.memoryBytes('VmRSS');
const visit = await firstVisit(rolecall.origin);

const { bare, measured } = await measureRoutes(rolecall, await routesOf(rolecall, visit.files));
const memoryAfterLoad = rolecall.memoryBytes('VmRSS');
const memoryUnderLoad = rolecall.memoryBytes('VmHWM');

say(`Measuring: ${SIGN_INS} sign-ins`);
const signInSeconds = await measureSignIns(rolecall);
await rolecall.stop();

const bareCosts = bare.map(({ cpuUs }) => cpuUs);
const bareUs = mean(...bareCosts);
const table = new Table();
table.add('Bare axum route', {
  value: bareUs / 1e6,
  unit: 'µs',
  ratio: 1,
  perSecond: mean(...bare.map(({ perSecond }) => perSecond)),
  bytes: bare[0].bytes,
});
for (const { what, cpuUs, ...row } of measured) table.add(what, { value: cpuUs / 1e6, unit: 'µs', ...row });
table.add('Complete sign-in', {
  value: signInSeconds,
  unit: 'ms',
  ratio: (signInSeconds * 1e6) / bareUs,
  limit: LIMITS.signIn,
});
const starts = { 'Start': warmStart, 'First start, on an empty data folder': firstStart };
for (const [what, { live, home }] of Object.entries(starts)) {
  table.add(`${what}, to \`/health/live\``, { value: live, unit: 'ms', limit: LIMITS.start });
  table.add(`${what}, to \`/\``, { value: home, unit: 'ms', limit: LIMITS.start });
}
table.add('Memory at rest', { value: memoryAtRest, unit: 'MB' });
table.add('Memory under load, at most', { value: memoryUnderLoad, unit: 'MB', limit: LIMITS.memory });
table.add('Memory after load', { value: memoryAfterLoad, unit: 'MB' });
table.add('WebAssembly, brotli', { value: visit.files.get('wasm').bytes, unit: 'kB', limit: LIMITS.wasm });
table.add('JavaScript, brotli', { value: visit.files.get('js').bytes, unit: 'kB' });
table.add('CSS, brotli', { value: visit.files.get('css').bytes, unit: 'kB' });
table.add('First visit in all', { value: visit.total, unit: 'kB', limit: LIMITS.firstVisit });

const [lowest, highest] = [Math.min(...bareCosts), Math.max(...bareCosts)].map((cost) => cost.toFixed(1));
console.log(`\n${circumstances()}\n\n${table}\n`);
console.log(`The bare route took ${lowest} to ${highest} µs: the further apart, the busier the machine was. ${table.summary}`);
process.exit();
