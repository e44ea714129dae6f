// A program under measurement: started, watched through /proc, ended by its id whatever happens.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { send } from './http.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const ANSWERS_WITHIN_MS = 30_000;
const STOPS_WITHIN_MS = 10_000;

/** Where everything that the measurements write is kept, and removed from at the end. */
const SCRATCH = mkdtempSync(join(tmpdir(), 'rolecall-bench-'));
const running = new Set();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(SCRATCH, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

let folders = 0;

/** A new, empty folder that is gone at the end. */
export function scratchFolder() {
  const folder = join(SCRATCH, String((folders += 1)));
  mkdirSync(folder);
  return folder;
}

/** A TCP port of the loopback address that nobody listens on at the moment. */
async function freePort() {
  const server = createServer();
  await new Promise((done, reject) => server.once('error', reject).listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** The environment without what would configure the program. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ROLECALL|LEPTOS)_/.test(name)));
}

/** A running program that answers HTTP. */
export class Program {
  /** Where it answers, for example `http://127.0.0.1:40123`. */
  origin;
  /** When it was started, on the clock of `performance.now()`. */
  startedMs;
  #child;
  #ended;
  #logFile;

  /** Starts the bare route, whose executable is `file`. */
  static async bareRoute(file) {
    const address = `127.0.0.1:${await freePort()}`;
    return new Program(file, [address], {}, address);
  }

  /**
   * Starts Rolecall, whose executable is `file`, as in production but for its address. `settings` are further
   * environment variables; without a provider among them the demonstration's is used. The data folder is an empty one
   * unless given.
   */
  static async rolecall(file, { dataFolder = scratchFolder(), settings = {} } = {}) {
    const address = `127.0.0.1:${await freePort()}`;
    const environment = {
      ROLECALL_BIND: address,
      ROLECALL_DATA_DIR: dataFolder,
      ROLECALL_LOG: 'json',
      // This machine's own configuration is not what is measured.
      ROLECALL_CONFIG_DIR: scratchFolder(),
      LEPTOS_SITE_ROOT: join(ROOT, 'target/site'),
      ...settings,
    };
    return new Program(file, [], environment, address);
  }

  constructor(file, args, settings, address) {
    this.origin = `http://${address}`;
    this.#logFile = join(scratchFolder(), 'log');
    const log = openSync(this.#logFile, 'w');
    const options = { cwd: ROOT, env: { ...cleanEnvironment(), ...settings }, stdio: ['ignore', log, log] };
    this.startedMs = performance.now();
    this.#child = spawn(resolve(file), args, options);
    closeSync(log);
    running.add(this.#child);
    this.#ended = new Promise((done) => {
      this.#child.once('exit', done);
      this.#child.once('error', done);
    }).then(() => running.delete(this.#child));
  }

  /** Asks for `path` again and again until the answer is a 200: milliseconds from the start of the program to then. */
  async firstAnswerMs(path) {
    for (;;) {
      try {
        const { status } = await send(this.origin + path, { headers: { accept: 'text/html' } });
        if (status === 200) return performance.now() - this.startedMs;
      } catch {
        // Nobody listens yet.
      }
      await nextTurn();
      if (!running.has(this.#child)) throw new Error(`${this.#child.spawnfile} ended early.\n${this.log}`);
      if (performance.now() - this.startedMs > ANSWERS_WITHIN_MS) {
        throw new Error(`${this.#child.spawnfile} did not answer within ${ANSWERS_WITHIN_MS} ms.\n${this.log}`);
      }
    }
  }

  /** CPU time that all its threads have used so far, user and system, in seconds: proc_pid_stat(5), fields 14 and 15. */
  cpuSeconds() {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [userTicks, systemTicks] = [fields[11], fields[12]].map(Number);
    return (userTicks + systemTicks) / TICKS_PER_SECOND;
  }

  /** A size in bytes from proc_pid_status(5): `VmRSS` is the resident memory now, `VmHWM` the most that it ever was. */
  memoryBytes(field) {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(status.match(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm'))[1]) * 1024;
  }

  /** What it has written so far. */
  get log() {
    return readFileSync(this.#logFile, 'utf8');
  }

  /** Asks it to end, as a service manager does, and waits until it has. */
  async stop() {
    this.#child.kill('SIGTERM');
    const reminder = setTimeout(() => this.#child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await this.#ended;
    clearTimeout(reminder);
  }
}
