// Twenty people who open twenty different dashboards of ten panels at the same moment, over a million rows that nobody has
// asked for anything yet: `node bench/crowd.mjs ROLECALL`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { circumstances } from './circumstances.mjs';
import { scratchFolder } from './cleanup.mjs';
import { duckDb, writeSales } from './duckdb.mjs';
import { send } from './http.mjs';
import { percentile } from './numbers.mjs';
import { Program } from './program.mjs';
import { signIn } from './sign_in.mjs';

const ROWS = 1_000_000;
const PEOPLE = 20;
const TIMES = 5;
const HEALTH_EVERY_MS = 20;

const PANELS = [
  ['figure', '{ compute = "count" }, { compute = "sum", of = "price" }', ''],
  ['line', '{ compute = "sum", of = "price" }', 'by = { column = "day", step = "month" }'],
  ['line', '{ compute = "count" }', 'by = { column = "day", step = "week" }'],
  ['bar', '{ compute = "sum", of = "price" }', 'by = { column = "day", step = "year" }\nsplit = { column = "region" }\nstacked = true'],
  ['bar', '{ compute = "sum", of = "price" }', 'by = { column = "product" }\nsort = { by = "value", order = "descending" }\nlimit = 10'],
  ['bar', '{ compute = "median", of = "price" }', 'by = { column = "region" }'],
  ['bar', '{ compute = "distinct", of = "customer" }', 'by = { column = "region" }'],
  ['line', '{ compute = "count" }', 'by = { column = "sold_at", step = "month" }'],
  ['bar', '{ compute = "share" }', 'by = { column = "returned" }'],
  ['table', '{ compute = "minimum", of = "price" }, { compute = "maximum", of = "price" }', 'by = { column = "region" }'],
];

/** A dashboard like that of nobody else: each looks at other products. */
function dashboard(person) {
  const filter = `filters = [{ column = "product", is_not = ["Product ${person}"] }]`;
  const panel = ([kind, measures, rest], index) =>
    `[[panels]]\nid = "p${index}"\ntitle = "Panel ${index}"\nkind = "${kind}"\ndataset = "sales"\nmeasures = [${measures}]\n${filter}\n${rest}\n`;
  return `format = 1\ntitle = "Dashboard ${person}"\nzone = "Europe/Zurich"\n\n${PANELS.map(panel).join('\n')}`;
}

async function timed(server, path, cookie) {
  const begunMs = performance.now();
  const { status } = await send(server.origin + path, { headers: { accept: 'text/html', cookie } });
  if (status !== 200) throw new Error(`${path} answered with ${status}.`);
  return performance.now() - begunMs;
}

const [file] = process.argv.slice(2);
if (!file) {
  console.error('Give the executable: node bench/crowd.mjs ROLECALL');
  process.exit(2);
}
const [dataFolder, configFolder] = [scratchFolder(), scratchFolder()];
mkdirSync(join(configFolder, 'dashboards'));
for (let person = 0; person < PEOPLE; person += 1) {
  writeFileSync(join(configFolder, `dashboards/d${person}.toml`), dashboard(person));
}
const settings = { ROLECALL_CONFIG_DIR: configFolder };
const environment = { ...process.env, ...settings, ROLECALL_DATA_DIR: dataFolder };
const csv = join(scratchFolder(), 'sales.csv');
writeSales(duckDb(), csv, ROWS);
execFileSync(file, ['import', csv, '--name', 'sales'], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });

const [pages, health, memory] = [[], [], []];
for (let time = 0; time < TIMES; time += 1) {
  const server = await Program.rolecall(file, { dataFolder, settings });
  await server.firstAnswerMs('/health/live');
  const cookie = await signIn(server.origin, 'demo', 'ada');
  let isDone = false;
  const watching = (async () => {
    while (!isDone) {
      health.push(await timed(server, '/health/live', ''));
      await wait(HEALTH_EVERY_MS);
    }
  })();
  const opening = Array.from({ length: PEOPLE }, (_, person) => timed(server, `/dashboards/d${person}`, cookie));
  pages.push(...(await Promise.all(opening)));
  isDone = true;
  await watching;
  memory.push(server.memoryBytes('VmHWM') / 1e6);
  await server.stop();
}
const line = (what, values, targetMs) => {
  const cells = [0.5, 0.95, 1].map((part) => `${Math.round(percentile(values, part))} ms`);
  return `| ${[what, ...cells, `≤ ${targetMs} ms`, percentile(values, 0.95) <= targetMs ? 'yes' : 'NO'].join(' | ')} |`;
};
console.log(`${circumstances()}

| ${PEOPLE} people, ${PEOPLE} dashboards of ten panels, ${ROWS.toLocaleString('en-US')} rows | Median | 95 % | Longest | Target of the 95 % | Met |
| --- | ---: | ---: | ---: | ---: | --- |
${line('A dashboard in full', pages, 1000)}
${line('`/health/live` meanwhile', health, 50)}

Memory of the process, highest: ${Math.round(Math.max(...memory))} MB.`);
process.exit();
