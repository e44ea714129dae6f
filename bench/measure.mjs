// Measures a release build and prints one table: `node bench/measure.mjs ROLECALL BARE_ROUTE`, the two executables.
import { setTimeout as wait } from 'node:timers/promises';

import { circumstances } from './circumstances.mjs';
import { firstVisit } from './first_visit.mjs';
import { mean } from './numbers.mjs';
import { Program } from './program.mjs';
import { PROVIDER, startProvider } from './provider.mjs';
import { measureRoutes, routesOf } from './routes.mjs';
import { measureSignIns, signIn } from './sign_in.mjs';
import { measureStarts } from './starts.mjs';
import { Table } from './table.mjs';
import { TARGETS } from './targets.mjs';
import { measureTenCharts } from './ten_charts.mjs';

/** How long the server is idle before its memory is read. */
const REST_MS = 1_000;

const say = (what) => console.error(`==> ${what}`);

/** Takes all measurements, one after the other. */
async function measure(rolecallFile, bareRouteFile) {
  const { provider, settings } = await startProvider(rolecallFile);
  say('Measuring: starts');
  const starts = await measureStarts(rolecallFile, settings);

  const rolecall = await Program.rolecall(rolecallFile, { settings });
  await rolecall.firstAnswerMs('/');
  await wait(REST_MS);
  const memory = { atRest: rolecall.memoryBytes('VmRSS') };
  const visit = await firstVisit(rolecall.origin, await signIn(rolecall.origin, PROVIDER, 'reed'));

  const routes = await routesOf(rolecall, visit.files);
  const { bare, measured } = await measureRoutes(rolecall, routes, bareRouteFile, say);
  memory.afterLoad = rolecall.memoryBytes('VmRSS');
  memory.highest = rolecall.memoryBytes('VmHWM');
  memory.ownAfterLoad = rolecall.memoryBytes('RssAnon');

  await rolecall.stop();

  say('Measuring: sign-ins');
  const signInSeconds = await measureSignIns(rolecallFile, settings);
  say('Measuring: ten charts');
  const tenCharts = await measureTenCharts(rolecallFile, settings);
  await provider.stop();
  return { starts, memory, visit, bare, routes: measured, signInSeconds, tenCharts };
}

/** The results as a table. */
function tableOf({ starts, memory, visit, bare, routes, signInSeconds, tenCharts }) {
  const table = new Table();
  const bareSeconds = mean(bare.map(({ cpuSeconds }) => cpuSeconds));
  const perSecond = mean(bare.map((run) => run.perSecond));
  table.add('Bare axum route', { value: bareSeconds, unit: 'µs', ratio: 1, perSecond, bytes: bare[0].bytes });
  for (const { what, cpuSeconds, ...rest } of routes) table.add(what, { value: cpuSeconds, unit: 'µs', ...rest });
  const ratio = signInSeconds / bareSeconds;
  table.add('Complete sign-in', { value: signInSeconds, unit: 'ms', ratio, target: TARGETS.signIn });

  const time = (what, value, target) => table.add(what, { value, unit: 'ms', target });
  time('Start to `/health/live`', starts.warm.live, TARGETS.start);
  time('Start to `/`', starts.warm.home, TARGETS.start);
  time('First start, empty data folder, to `/health/live`', starts.first.live, TARGETS.firstStart);
  time('First start, empty data folder, to `/`', starts.first.home, TARGETS.firstStart);

  table.add('Memory at rest', { value: memory.atRest, unit: 'MB' });
  table.add('Memory under load, highest', { value: memory.highest, unit: 'MB', target: TARGETS.memory });
  table.add('Memory after load', { value: memory.afterLoad, unit: 'MB' });
  table.add('Memory after load, without the pages of the executable', { value: memory.ownAfterLoad, unit: 'MB' });

  const size = (what, value, target) => table.add(what, { value, unit: 'kB', target });
  size('WebAssembly, brotli', visit.files.get('wasm').bytes, TARGETS.wasm);
  size('JavaScript, brotli', visit.files.get('js').bytes);
  size('CSS, brotli', visit.files.get('css').bytes);
  size('First visit in all', visit.total, TARGETS.firstVisit);
  size('First visit to ten charts in all', tenCharts, TARGETS.tenCharts);
  return table;
}

/** How steady the machine was during the measurements, in a sentence. */
function evenness(bare) {
  const microseconds = bare.map(({ cpuSeconds }) => cpuSeconds * 1e6);
  const [lowest, highest] = [Math.min(...microseconds), Math.max(...microseconds)].map((value) => value.toFixed(1));
  return `The bare route took ${lowest} to ${highest} µs: the further apart, the less the rest can be trusted.`;
}

const [rolecallFile, bareRouteFile] = process.argv.slice(2);
if (!bareRouteFile) {
  console.error('Give the two executables: node bench/measure.mjs ROLECALL BARE_ROUTE');
  process.exit(2);
}
const results = await measure(rolecallFile, bareRouteFile);
const table = tableOf(results);
console.log(`\n${circumstances()}\n\n${table}\n\n${evenness(results.bare)}\n${table.summary}`);
// Open keep-alive connections would delay the end of the process.
process.exit();
