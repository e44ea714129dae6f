// A proxy in front of a Rolecall that drops its session cookie, so that the browser seems to forget it.
import { createServer, request } from 'node:http';

import { stopped } from './console.js';

const SESSION_COOKIE = /^rolecall=/;

/** A running proxy. */
export class ForgetfulProxy {
  #server;
  #origin;

  /** Starts one on `port` for the Rolecall that listens on `target`. */
  static async start(port, target) {
    const self = new ForgetfulProxy();
    self.#server = createServer((incoming, outgoing) => {
      const { method, url: path, headers } = incoming;
      const onward = request({ host: '127.0.0.1', port: target, method, path, headers }, (answer) => {
        const kept = (answer.headers['set-cookie'] ?? []).filter((cookie) => !SESSION_COOKIE.test(cookie));
        outgoing.writeHead(answer.statusCode, { ...answer.headers, 'set-cookie': kept });
        answer.pipe(outgoing);
      });
      onward.once('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    await new Promise((resolve, reject) => self.#server.once('error', reject).listen(port, '127.0.0.1', resolve));
    self.#origin = `http://127.0.0.1:${port}`;
    return self;
  }

  async stop() {
    stopped.add(this.#origin);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
