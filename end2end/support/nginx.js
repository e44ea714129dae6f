// nginx in front of a Rolecall, with TLS, configured as in docs/DEPLOYMENT.md.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { documented } from './apps.js';
import { findProgram } from './programs.js';

const STARTS_WITHIN_MS = 10_000;
const DEPLOYMENT = new URL('../../docs/DEPLOYMENT.md', import.meta.url);

/** The path of nginx. If there is none, the error says what to do. */
function nginxPath() {
  const found = process.env.NGINX ?? findProgram(['nginx'], ['/usr/sbin/nginx']);
  if (!found) throw new Error('There is no nginx on this machine: install it or set NGINX to its path.');
  return found;
}

/** The nginx configuration in docs/DEPLOYMENT.md, for a Rolecall on `port`. */
async function documentedLocation(port) {
  const [, block] = /^```nginx\n(.*?)^```$/ms.exec(await readFile(DEPLOYMENT, 'utf8'));
  return block.replace('127.0.0.1:3000', `127.0.0.1:${port}`);
}

/** The nginx configuration for an app in docs/APPS.md, for a Rolecall on `port` and the app at `host`. */
async function documentedApp({ host, port, tlsPort, cert, key }) {
  const changes = {
    'listen 443 ssl': `listen 127.0.0.1:${tlsPort} ssl http2`,
    'sales.example.com': host,
    '/etc/ssl/example.com.crt': cert,
    '/etc/ssl/example.com.key': key,
    '127.0.0.1:3000': `127.0.0.1:${port}`,
  };
  const block = await documented('nginx', 'sales.example.com');
  return Object.entries(changes).reduce((text, [from, to]) => text.replace(from, to), block);
}

/** A running nginx. */
export class Nginx {
  /** The address that its requests to Rolecall come from, which differs from the browser's. */
  static address = '127.0.0.9';
  /** Its output. */
  log = '';
  #folder;
  #process;

  /**
   * Starts one: https on `tlsPort` with the files `cert` and `key`, http on `plainPort`, for Rolecall on `port`, and for the
   * app at `appHost` where one is given.
   */
  static async start({ tlsPort, plainPort, port, cert, key, appHost }) {
    const nginx = new Nginx();
    nginx.#folder = await mkdtemp(join(tmpdir(), 'rolecall-nginx-'));
    const location = await documentedLocation(port);
    const app = appHost ? await documentedApp({ host: appHost, port, tlsPort, cert, key }) : '';
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const configuration = `
      daemon off;
      ${process.getuid?.() === 0 ? 'user root;' : ''}
      worker_processes 1;
      pid nginx.pid;
      events { worker_connections 256; }
      http {
        access_log off;
        ${temporary.map((name) => `${name}_temp_path ${name};`).join(' ')}
        proxy_bind ${Nginx.address};
        server {
          listen 127.0.0.1:${tlsPort} ssl http2;
          ssl_certificate ${cert};
          ssl_certificate_key ${key};
          ${location}
        }
        server {
          listen 127.0.0.1:${plainPort};
          ${location}
        }
        ${app}
      }`;
    await writeFile(join(nginx.#folder, 'nginx.conf'), configuration);
    await nginx.#launch(plainPort);
    return nginx;
  }

  /** Ends it and deletes its files. */
  async stop() {
    if (this.#process.exitCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill('SIGTERM');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #launch(plainPort) {
    this.#process = spawn(nginxPath(), ['-p', this.#folder, '-c', 'nginx.conf', '-e', 'stderr']);
    let failure;
    const note = (text) => (this.log += text);
    this.#process.stdout.on('data', note);
    this.#process.stderr.on('data', note);
    this.#process.once('error', (error) => (failure = `nginx could not be started: ${error.message}`));
    this.#process.once('exit', (code) => (failure = `nginx ended early (${code}).`));
    const deadline = Date.now() + STARTS_WITHIN_MS;
    const answers = () => fetch(`http://127.0.0.1:${plainPort}/health/live`).then(() => true, () => false);
    while (!(await answers())) {
      if (!failure && Date.now() > deadline) failure = 'nginx did not start in time.';
      if (failure) {
        await this.stop();
        throw new Error(`${failure}\n${this.log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}
