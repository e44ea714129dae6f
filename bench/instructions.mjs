// Counts the user-space instructions of one request with callgrind, and compares them with the last recorded run:
// `node bench/instructions.mjs ROLECALL BARE_ROUTE [--record]`.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { scratchFolder } from './cleanup.mjs';
import { firstVisit } from './first_visit.mjs';
import { send } from './http.mjs';
import { Program } from './program.mjs';
import { PROVIDER, startProvider } from './provider.mjs';
import { signIn, signInAndGoOn } from './sign_in.mjs';

const RECORD = fileURLToPath(new URL('instructions.json', import.meta.url));
const WARM_UP = 20;
const COUNTED = 200;
/** The lowest of this many counts is used, because work of the program beside requests is counted as well. */
const TURNS = 3;
/** Each sign-in takes five requests and two signatures. */
const COUNTED_SIGN_INS = 40;
/** How far a count may exceed the recorded one: two runs of the same program differ by less than 1 %. */
const TOLERANCE = 0.03;

/** The targets, in instructions per request. */
const GOALS = {
  '/health/live': 20_000,
  'Hashed style sheet, brotli': 24_000,
  'Hashed WebAssembly, brotli': 24_000,
  '/api/session': 35_000,
  '/ signed in': 180_000,
  '/account/token': 400_000,
  '/dashboards/weather as Admin': 700_000,
};

const say = (what) => console.error(`==> ${what}`);

/** A program that runs under callgrind and counts only when told to. */
class Counted {
  #folder = scratchFolder();
  #program;

  /** @param {(under: string[]) => Promise<Program>} start starts the program under the instrument */
  static async start(start) {
    const counted = new Counted();
    const file = join(counted.#folder, 'counts');
    counted.#program = await start(['valgrind', '--tool=callgrind', '--instr-atstart=no', `--callgrind-out-file=${file}`]);
    await counted.#program.firstAnswerMs('/');
    return counted;
  }

  get origin() {
    return this.#program.origin;
  }

  #control(...options) {
    execFileSync('callgrind_control', [...options, String(this.#program.pid)], { stdio: 'ignore' });
  }

  /** The average number of instructions of one run of `what`, over `times` runs after a warm-up. */
  async count(times, what) {
    for (let i = 0; i < WARM_UP; i += 1) await what();
    const counts = [];
    while (counts.length < TURNS) counts.push(await this.#countOnce(times, what));
    return Math.min(...counts);
  }

  async #countOnce(times, what) {
    this.#control('-i', 'on');
    for (let i = 0; i < times; i += 1) await what();
    this.#control('-i', 'off');
    const before = new Set(readdirSync(this.#folder));
    this.#control('-d');
    const newest = readdirSync(this.#folder).find((name) => !before.has(name));
    const [, total] = readFileSync(join(this.#folder, newest), 'utf8').match(/^totals: (\d+)/m);
    return Math.round(Number(total) / times);
  }

  async stop() {
    await this.#program.stop();
  }
}

/** Requests one route repeatedly over one connection. */
function request(origin, { path, headers = {}, expected = '' }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return async () => {
    const { status, body } = await send(origin + path, { headers, agent });
    if (status !== 200 || !body.includes(expected)) {
      throw new Error(`${path} was answered with ${status}, or with something else than meant.`);
    }
  };
}

/** Counts every route. */
async function counts(rolecallFile, bareRouteFile) {
  const found = {};
  const bare = await Counted.start((under) => Program.bareRoute(bareRouteFile, { under }));
  found['Bare axum route'] = await bare.count(COUNTED, request(bare.origin, { path: '/' }));
  await bare.stop();

  const { provider, settings } = await startProvider(rolecallFile);
  const rolecall = await Counted.start((under) => Program.rolecall(rolecallFile, { settings, under }));
  const ada = await signInAndGoOn(rolecall.origin, PROVIDER, 'ada');
  const { files } = await firstVisit(rolecall.origin, ada);
  const page = { accept: 'text/html', cookie: ada };
  const asset = (kind) => ({ path: files.get(kind).path, headers: { 'accept-encoding': 'br' } });
  const routes = {
    '/health/live': { path: '/health/live' },
    'Hashed style sheet, brotli': asset('css'),
    'Hashed WebAssembly, brotli': asset('wasm'),
    '/api/session': { path: '/api/session', headers: { accept: 'application/json', cookie: ada }, expected: 'Ada Vale' },
    '/ signed in': { path: '/', headers: page, expected: 'Ada Vale' },
    '/account/token': { path: '/account/token', headers: page, expected: 'Ada Vale' },
    '/dashboards/weather as Admin': { path: '/dashboards/weather', headers: page, expected: 'Ada Vale' },
  };
  for (const [what, route] of Object.entries(routes)) {
    say(`Counting: ${what}`);
    found[what] = await rolecall.count(COUNTED, request(rolecall.origin, route));
  }
  say('Counting: sign-ins');
  found['Complete sign-in'] = await rolecall.count(COUNTED_SIGN_INS, () => signIn(rolecall.origin, PROVIDER, 'ada'));
  await rolecall.stop();
  await provider.stop();
  return found;
}

/** The counts with those of the bare route, the recorded ones and the goals, in Markdown; and those that are worse than recorded. */
function compare(found, recorded) {
  const figure = (value) => (value === undefined ? '' : value.toLocaleString('en-US'));
  const worse = [];
  const lines = Object.entries(found).map(([what, count]) => {
    const before = recorded[what];
    const change = before === undefined ? '' : `${(((count - before) / before) * 100).toFixed(1)} %`;
    if (before !== undefined && count > before * (1 + TOLERANCE)) worse.push(`${what}: ${change} above the recorded count`);
    const times = (count / found['Bare axum route']).toFixed(2);
    return `| ${[what, figure(count), times, figure(before), change, figure(GOALS[what])].join(' | ')} |`;
  });
  const heading = '| Request | Instructions | × bare | Recorded | Change | Goal |\n| --- | ---: | ---: | ---: | ---: | ---: |';
  return { table: [heading, ...lines].join('\n'), worse };
}

const [rolecallFile, bareRouteFile, option] = process.argv.slice(2);
if (!bareRouteFile || (option && option !== '--record')) {
  console.error('Give the two executables: node bench/instructions.mjs ROLECALL BARE_ROUTE [--record]');
  process.exit(2);
}
const recorded = existsSync(RECORD) ? JSON.parse(readFileSync(RECORD, 'utf8')) : {};
const found = await counts(rolecallFile, bareRouteFile);
const { table, worse } = compare(found, recorded);
console.log(`\n${table}\n`);
if (option === '--record') {
  writeFileSync(RECORD, `${JSON.stringify(found, undefined, 2)}\n`);
  console.log(`Recorded in ${RECORD}.`);
} else {
  for (const line of worse) console.error(line);
  if (worse.length > 0) console.error('If that is meant, record it: add --record, and say why in the commit.');
}
process.exit(worse.length > 0 && option !== '--record' ? 1 : 0);
