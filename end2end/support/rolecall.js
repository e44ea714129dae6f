// A Rolecall under test: the built program on a free loopback port, with a temporary data folder.
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { stopped } from './console.js';
import { ask, makeCertificate } from './https.js';
import { secrets } from './secrets.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = process.env.ROLECALL_BIN ?? join(ROOT, 'target/debug/rolecall');
const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 15_000;

/** A free TCP port. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The environment without variables that configure the program. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(ROLECALL|LEPTOS)_/.test(name)));
}

/** A running Rolecall. */
export class Rolecall {
  /** The path of its executable. */
  static program = PROGRAM;
  /** Its origin, for example `http://127.0.0.1:40123`. */
  origin;
  /** Its standard output and error output. */
  log = '';
  #process;
  #settings;
  /** The certificate to trust. */
  #ca;

  /**
   * Starts one and waits until it is ready to serve. `settings` are further environment variables; the port is a free
   * one unless given. With `tls` it makes itself a certificate and answers https.
   */
  static async start({ settings = {}, port, tls = false } = {}) {
    const rolecall = new Rolecall();
    const chosen = port ?? (await freePort());
    const dataDir = await mkdtemp(join(tmpdir(), 'rolecall-e2e-'));
    // A folder with the dashboards only, so that a developer's own configuration is not used.
    const configDir = join(dataDir, 'config');
    await cp(join(ROOT, 'config/dashboards'), join(configDir, 'dashboards'), { recursive: true });
    rolecall.origin = `${tls ? 'https' : 'http'}://127.0.0.1:${chosen}`;
    rolecall.#settings = {
      ROLECALL_BIND: `127.0.0.1:${chosen}`,
      ROLECALL_PUBLIC_URL: rolecall.origin,
      ROLECALL_CONFIG_DIR: configDir,
      ROLECALL_DATA_DIR: dataDir,
      // A page waits for its panels, however slow the machine is.
      ROLECALL_DASHBOARDS__PAGE_WAIT: '1min',
      LEPTOS_SITE_ROOT: join(ROOT, 'target/site'),
      // Everything that can be logged: the log is searched for secrets at the end.
      ROLECALL_LOG_FILTER: 'trace',
      ...settings,
    };
    if (tls) {
      const made = await makeCertificate(PROGRAM, rolecall.environment);
      rolecall.#ca = made.cert;
      Object.assign(rolecall.#settings, made.settings);
    }
    await rolecall.#launch();
    return rolecall;
  }

  /** Its environment variables. */
  get environment() {
    return { ...cleanEnvironment(), ...this.#settings };
  }

  /**
   * Ends the program and removes its data. Fails when its log holds a secret. `signal` is SIGINT, which waits for no load
   * balancer, or SIGTERM, by which the program goes on for seconds so that one notices.
   */
  async stop(signal = 'SIGINT') {
    stopped.add(this.origin);
    await this.#end(signal);
    const { ROLECALL_DATA_DIR: dataDir } = this.#settings;
    const key = await readFile(join(dataDir, 'secret.key'), 'utf8').catch(() => '');
    secrets.note('secret key', key.trim());
    await rm(dataDir, { recursive: true, force: true });
    const found = await secrets.foundIn(this.log);
    if (found.length) throw new Error(`The log of ${this.origin} holds: ${found.join(', ')}.`);
  }

  /** Ends the program and starts it again on the same port and data; `meanwhile` runs in between. */
  async restart(meanwhile = async () => {}) {
    await this.#end('SIGINT');
    await meanwhile();
    await this.#launch();
  }

  /** Runs `statement` on its database. Only call it while the program is stopped: the program caches rows. */
  async changeDatabase(statement) {
    const program = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()';
    const database = join(this.#settings.ROLECALL_DATA_DIR, 'rolecall.sqlite3');
    await run('python3', ['-c', program, database, statement]);
  }

  async #launch() {
    const child = spawn(PROGRAM, { cwd: ROOT, env: this.environment });
    this.#process = child;
    let failure;
    const note = (text) => (this.log += text);
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    child.once('error', (error) => (failure = `${PROGRAM} could not be started: ${error.message}`));
    child.once('exit', (code, signal) => (failure = `It ended early (${signal ?? code}).`));
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await this.#isReady())) {
      if (!failure && Date.now() > deadline) failure = `It was not ready within ${READY_WITHIN_MS} ms.`;
      if (failure) {
        child.kill('SIGKILL');
        throw new Error(`${failure}\n${this.log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  async #isReady() {
    try {
      return (await ask(`${this.origin}/health/ready`, { ca: this.#ca })).status === 200;
    } catch {
      return false;
    }
  }

  /** Asks the program to end by `signal`; if it does not end, the test fails. */
  async #end(signal) {
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const reminder = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(reminder);
    if (child.signalCode === 'SIGKILL') throw new Error(`It did not end within ${STOP_WITHIN_MS} ms.\n${this.log}`);
  }
}
