// https on this machine: a certificate made by the program, and requests that trust it.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';

/**
 * What `rolecall certificate` prints, as `make run TLS=1` uses it: `settings` by name. `cert` is the certificate itself.
 * `environment` is that of the program.
 */
export async function makeCertificate(program, environment) {
  const { stdout } = await promisify(execFile)(program, ['certificate'], { env: environment });
  const settings = Object.fromEntries([...stdout.matchAll(/^(ROLECALL_\w+)='(.*)'$/gm)].map(([, ...pair]) => pair));
  return { settings, cert: await readFile(settings.ROLECALL_TLS__CERT, 'utf8') };
}

/** Sends a request and returns status and headers. `options` are those of Node: `ca`, `headers`, `servername`, …. */
export function ask(url, options = {}) {
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false, ...options }, (response) => {
      response.resume().once('end', () => resolve({ status: response.statusCode, headers: response.headers }));
    });
    sent.once('error', reject).end();
  });
}
