// Plain HTTP/1.1: one request and one answer, without following redirects and without decompression.
import { request } from 'node:http';

/**
 * Sends a request and reads the whole answer, the body as it came over the wire.
 *
 * @param {string | URL} url where to
 * @param {{ method?: string, headers?: object, body?: string, agent?: import('node:http').Agent | false }} options
 *   without an agent, the connection ends with the answer
 * @returns {Promise<{ status: number, headers: object, body: Buffer }>}
 */
export function send(url, { method = 'GET', headers = {}, body, agent = false } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.once('error', reject);
      response.once('end', () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
