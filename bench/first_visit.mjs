// What a first visit to a dashboard loads: the page, every file that it names, and the scripts that its scripts import.
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

import { send } from './http.mjs';

/** `sec-fetch-site` says that the person opened the page directly: only then are pages compressed. */
const BROWSER = { accept: 'text/html', 'accept-encoding': 'gzip, deflate, br', 'sec-fetch-site': 'none' };
/** One of our scripts that another one imports. */
const IMPORTED = /\bimport\b[^"'`;]*["'](\/[\w./-]+\.js)["']/g;
/** The kinds of files that must be compressed. */
const COMPRESSED = ['css', 'js', 'wasm'];

/**
 * Loads a dashboard at `origin`, that of the weather unless another `path` is given, and the files that it names, as a browser that
 * has none of them.
 *
 * @param {string} cookie the session of somebody who may see it
 * @returns {Promise<{ total: number, html: string, files: Map<string, { path: string, bytes: number }> }>} bytes of all bodies
 *   as sent, the page, and the files that it names by kind (`css`, `js`, `wasm`)
 */
export async function firstVisit(origin, cookie, path = '/dashboards/weather') {
  const page = await load(origin, path, { cookie });
  const html = unpacked(page);
  const named = html.match(/\/[\w./-]+\.(?:css|js|wasm|svg|png|ico|woff2)\b/g) ?? [];
  const files = new Map();
  let total = page.body.length;
  const loaded = new Set(named);
  // Includes files that are added in the loop.
  for (const file of loaded) {
    const { headers, body } = await load(origin, file);
    const kind = file.split('.').at(-1);
    if (COMPRESSED.includes(kind) && headers['content-encoding'] !== 'br') {
      throw new Error(`${file} does not come as brotli: it was built without --precompress.`);
    }
    if (named.includes(file)) files.set(kind, { path: file, bytes: body.length });
    total += body.length;
    if (kind !== 'js') continue;
    for (const [, other] of unpacked({ headers, body }).matchAll(IMPORTED)) loaded.add(other);
  }
  const missing = COMPRESSED.filter((kind) => !files.has(kind));
  if (missing.length) throw new Error(`The dashboard names no ${missing.join(' and no ')}.`);
  return { total, html, files };
}

/** The text of an answer, decompressed. */
function unpacked({ headers, body }) {
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync }[headers['content-encoding']];
  return (unpack ? unpack(body) : body).toString();
}

async function load(origin, path, headers = {}) {
  const answer = await send(origin + path, { headers: { ...BROWSER, ...headers } });
  if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}.`);
  return answer;
}
