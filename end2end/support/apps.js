// Apps to run behind a Rolecall: the Dash of docs/APPS.md, and an echo server for WebSockets.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort } from './rolecall.js';

const APPS = new URL('../../docs/APPS.md', import.meta.url);
const PYTHON = fileURLToPath(new URL('../.venv/bin/python', import.meta.url));
const STARTS_WITHIN_MS = 60_000;
/** The constant that both sides of a WebSocket append to the key (RFC 6455, section 1.3). */
const MAGIC = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The first code block of docs/APPS.md in `language`, without the indentation of the surrounding list. */
export async function documented(language, containing) {
  const blocks = [...(await readFile(APPS, 'utf8')).matchAll(/^( *)```(\w+)\n(.*?)^\1```$/gms)];
  const block = blocks.find(([, , of, text]) => of === language && text.includes(containing));
  if (!block) throw new Error(`docs/APPS.md has no ${language} with ${containing} any more.`);
  const [, indent, , text] = block;
  return text.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}

/** The Dash of the quick start, in the virtual environment that `scripts/setup python` makes. */
export class Dash {
  /** The address at which Rolecall reaches it. */
  upstream;
  /** Its output: one line for each request. */
  log = '';
  #folder;
  #process;

  /**
   * Starts one that believes the Rolecall at `rolecall`, whose section of the configuration is called `name`. With
   * `prefix` it is on a path of Rolecall's own origin.
   */
  static async start({ rolecall, name, prefix }) {
    const dash = new Dash();
    const port = await freePort();
    dash.upstream = `http://127.0.0.1:${port}`;
    dash.#folder = await mkdtemp(join(tmpdir(), 'rolecall-dash-'));
    const changes = {
      'http://127.0.0.1:3000': rolecall,
      'port=8050': `port=${port}`,
      'audience="sales"': `audience="${name}"`,
      ...(prefix && { 'Dash(title="Sales"': `Dash(title="Sales", requests_pathname_prefix="${prefix}"` }),
    };
    let program = await documented('python', 'from dash import');
    for (const [from, to] of Object.entries(changes)) {
      if (!program.includes(from)) throw new Error(`The Dash of docs/APPS.md has no ${from} any more.`);
      program = program.replace(from, to);
    }
    await writeFile(join(dash.#folder, 'sales.py'), program);
    await dash.#launch();
    return dash;
  }

  /** The requests that it received, according to its log. */
  get requests() {
    return [...this.log.matchAll(/"((?:GET|POST|HEAD|PUT|DELETE|OPTIONS) \S+) HTTP/g)].map(([, request]) => request);
  }

  /** Ends it and deletes its file. */
  async stop() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill('SIGTERM');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #launch() {
    this.#process = spawn(PYTHON, ['sales.py'], { cwd: this.#folder, env: { ...process.env, PYTHONUNBUFFERED: '1' } });
    let failure;
    // Without colour codes.
    const note = (text) => (this.log += String(text).replaceAll(/\x1b\[[\d;]*m/g, ''));
    this.#process.stdout.on('data', note);
    this.#process.stderr.on('data', note);
    this.#process.once('error', (error) => (failure = `${PYTHON} could not be started: ${error.message}`));
    this.#process.once('exit', (code) => (failure = `Dash ended early (${code}).`));
    const deadline = Date.now() + STARTS_WITHIN_MS;
    const answers = () => fetch(`${this.upstream}/_favicon.ico`).then(() => true, () => false);
    while (!(await answers())) {
      if (!failure && Date.now() > deadline) failure = 'Dash did not start in time.';
      if (failure) {
        await this.stop();
        throw new Error(`${failure}\n${this.log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.log = '';
  }
}

const ECHO_PAGE = `<!doctype html><html lang="en"><title>Echo</title><link rel="icon" href="data:,"><h1>Echo</h1><ul id="heard"></ul><p id="state">opening</p>
<form method="post" action="/orders"><button>Send</button></form>
<script>
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/socket');
  const state = (text) => (document.getElementById('state').textContent = text);
  socket.onopen = () => { state('open'); socket.send('Hello, echo'); };
  socket.onmessage = ({ data }) => document.getElementById('heard').append(Object.assign(document.createElement('li'), { textContent: data }));
  socket.onclose = () => { window.closedAt = Date.now(); state('closed'); };
</script></html>`;

/** A page that a browser may keep for going back. With `?poll` it sends requests repeatedly. */
const PLAIN_PAGE = `<!doctype html><html lang="en"><title>Plain</title><link rel="icon" href="data:,"><h1>Plain page</h1>
<script>if (location.search === '?poll') setTimeout(() => location.reload(), 300);</script></html>`;

/** An app with a WebSocket that echoes messages. */
export class Echo {
  /** The address at which Rolecall reaches it. */
  upstream;
  /** The headers of every WebSocket that was opened. */
  opened = [];
  #server;
  #sockets = new Set();

  /** Starts one. */
  static async start() {
    const echo = new Echo();
    echo.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url, 'http://echo.test');
      const page = { '/': ECHO_PAGE, '/plain': PLAIN_PAGE }[pathname];
      response.writeHead(page ? 200 : 404, { 'content-type': 'text/html' }).end(page ?? '');
    });
    echo.#server.on('upgrade', (request, socket) => echo.#open(request, socket));
    await new Promise((resolve) => echo.#server.listen(0, '127.0.0.1', resolve));
    echo.upstream = `http://127.0.0.1:${echo.#server.address().port}`;
    return echo;
  }

  /** Ends it. */
  async stop() {
    this.#sockets.forEach((socket) => socket.destroy());
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #open(request, socket) {
    this.opened.push(request.headers);
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket)).on('error', () => {});
    const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + MAGIC).digest('base64');
    const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    socket.write([...head, `Sec-WebSocket-Accept: ${accept}`, '', ''].join('\r\n'));
    socket.on('data', (frame) => socket.write(echoed(frame)));
  }
}

/** The answer to a short frame of a client (RFC 6455, section 5.2): the same frame, unmasked. */
function echoed(frame) {
  const length = frame[1] & 0x7f;
  const [mask, payload] = [frame.subarray(2, 6), frame.subarray(6, 6 + length)];
  return Buffer.concat([Buffer.from([frame[0], length]), payload.map((byte, at) => byte ^ mask[at % 4])]);
}
