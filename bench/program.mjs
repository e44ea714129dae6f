// A measured program: started, observed through /proc, and ended.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, cpSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { endAtExit, scratchFolder } from './cleanup.mjs';
import { send } from './http.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TICKS_PER_SECOND = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
const ANSWERS_WITHIN_MS = 30_000;
const STOPS_WITHIN_MS = 10_000;
/** How much slower everything is under an instrument such as valgrind, generously estimated. */
const SLOWER_UNDER_INSTRUMENT = 10;

/** A free TCP port on the loopback address. */
async function freePort() {
  const server = createServer();
  await new Promise((done, reject) => server.once('error', reject).listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** The environment without variables that configure the program. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ROLECALL|LEPTOS)_/.test(name)));
}

/** A configuration folder with dashboards only: the shipped ones, and `more`, whose documents are given by name. */
function folderWithDashboards(more) {
  const folder = scratchFolder();
  cpSync(join(ROOT, 'config/dashboards'), join(folder, 'dashboards'), { recursive: true });
  for (const [name, document] of Object.entries(more)) {
    writeFileSync(join(folder, 'dashboards', `${name}.toml`), document);
  }
  return folder;
}

/**
 * Runs a command of the Rolecall in `file` on a data folder, with the settings of the server that has it.
 *
 * @returns {string} what it printed
 */
export function runCommand(file, args, dataFolder, settings) {
  const ours = { ROLECALL_CONFIG_DIR: scratchFolder(), ROLECALL_DATA_DIR: dataFolder, ...settings };
  const env = { ...cleanEnvironment(), ...ours };
  return execFileSync(file, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** A running program that answers HTTP. */
export class Program {
  /** Its origin, for example `http://127.0.0.1:40123`. */
  origin;
  #child;
  #startedMs;
  #ended;
  #end;
  #logFile;
  #patienceMs;

  /** Starts the bare route, whose executable is `file`; `under` is an instrument as in `rolecall`. */
  static async bareRoute(file, { under = [] } = {}) {
    const address = `127.0.0.1:${await freePort()}`;
    return new Program(file, [address], {}, address, under);
  }

  /**
   * Starts Rolecall, whose executable is `file`, with the log of production. `settings` are further environment
   * variables; without a provider among them the demonstration's is used. The data folder is an empty one unless given.
   * `dashboards` are the documents of further dashboards, by name. `under` is the command line of an instrument that runs the
   * program, such as valgrind.
   */
  static async rolecall(file, { dataFolder = scratchFolder(), settings = {}, dashboards = {}, under = [] } = {}) {
    const address = `127.0.0.1:${await freePort()}`;
    const environment = {
      ROLECALL_BIND: address,
      ROLECALL_DATA_DIR: dataFolder,
      ROLECALL_LOG: 'json',
      // The work is measured, not the limit: all requests come from one address.
      ROLECALL_LIMITS__SIGN_INS_PER_MINUTE: '1000000',
      // The shipped dashboards are measured, not this machine's configuration.
      ROLECALL_CONFIG_DIR: folderWithDashboards(dashboards),
      LEPTOS_SITE_ROOT: join(ROOT, 'target/site'),
      ...settings,
    };
    return new Program(file, [], environment, address, under);
  }

  constructor(file, args, settings, address, under) {
    this.#patienceMs = ANSWERS_WITHIN_MS * (under.length > 0 ? SLOWER_UNDER_INSTRUMENT : 1);
    this.origin = `http://${address}`;
    this.#logFile = join(scratchFolder(), 'log');
    const log = openSync(this.#logFile, 'w');
    const options = { cwd: ROOT, env: { ...cleanEnvironment(), ...settings }, stdio: ['ignore', log, log] };
    this.#startedMs = performance.now();
    const [program, ...rest] = [...under, resolve(file), ...args];
    this.#child = spawn(program, rest, options);
    closeSync(log);
    endAtExit(this.#child);
    this.#ended = new Promise((done) => {
      this.#child.once('exit', (code, signal) => done(`ended early (${signal ?? code})`));
      this.#child.once('error', (error) => done(`could not be started (${error.code})`));
    }).then((end) => (this.#end = end));
  }

  /** Requests `path` until the answer is a 200. Returns the milliseconds since the start of the program. */
  async firstAnswerMs(path) {
    for (;;) {
      const status = await this.#statusOf(path);
      const sinceStartMs = performance.now() - this.#startedMs;
      if (status === 200) return sinceStartMs;
      if (this.#end || sinceStartMs > this.#patienceMs) {
        const what = this.#end ?? `did not answer ${path} within ${this.#patienceMs} ms`;
        throw new Error(`${this.#child.spawnfile} ${what}.\n${readFileSync(this.#logFile, 'utf8')}`);
      }
      await nextTurn();
    }
  }

  async #statusOf(path) {
    try {
      return (await send(this.origin + path, { headers: { accept: 'text/html' } })).status;
    } catch {
      return undefined; // The program does not listen yet.
    }
  }

  /** Its process id. */
  get pid() {
    return this.#child.pid;
  }

  /** The CPU time of all its threads so far, user and system, in seconds: proc_pid_stat(5), fields 14 and 15. */
  cpuSeconds() {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses, which may contain any character.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [userTicks, systemTicks] = [fields[11], fields[12]].map(Number);
    return (userTicks + systemTicks) / TICKS_PER_SECOND;
  }

  /**
   * A size in bytes from proc_pid_status(5): `VmRSS` is the resident memory now, `VmHWM` the most that it ever was, and
   * `RssAnon` what of `VmRSS` is no part of a file. The executable is one: its pages are read as they are used.
   */
  memoryBytes(field) {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(status.match(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm'))[1]) * 1024;
  }

  /** Asks it to end, as a service manager does, and waits for that. */
  async stop() {
    this.#child.kill('SIGTERM');
    const reminder = setTimeout(() => this.#child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await this.#ended;
    clearTimeout(reminder);
  }
}
