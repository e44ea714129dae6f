// What a first visit to a dashboard loads: the page, and every file that it names.
import { send } from './http.mjs';

const BROWSER = { accept: 'text/html', 'accept-encoding': 'gzip, deflate, br' };
/** The kinds of files that must come compressed. */
const COMPRESSED = ['css', 'js', 'wasm'];

/**
 * Loads the weather dashboard at `origin` and the files that it names, as a browser that has none of them.
 *
 * @param {string} cookie the session of somebody who may see it
 * @returns {Promise<{ total: number, files: Map<string, { path: string, bytes: number }> }>} bytes of all bodies as
 *   sent, and the files by kind (`css`, `js`, `wasm`)
 */
export async function firstVisit(origin, cookie) {
  const page = await load(origin, '/dashboards/weather', { cookie });
  const named = page.body.toString().match(/\/[\w./-]+\.(?:css|js|wasm|svg|png|ico|woff2)\b/g) ?? [];
  const files = new Map();
  let total = page.body.length;
  for (const path of new Set(named)) {
    const { headers, body } = await load(origin, path);
    const kind = path.split('.').at(-1);
    if (COMPRESSED.includes(kind) && headers['content-encoding'] !== 'br') {
      throw new Error(`${path} does not come as brotli: it was built without --precompress.`);
    }
    files.set(kind, { path, bytes: body.length });
    total += body.length;
  }
  const missing = COMPRESSED.filter((kind) => !files.has(kind));
  if (missing.length) throw new Error(`The dashboard names no ${missing.join(' and no ')}.`);
  return { total, files };
}

async function load(origin, path, headers = {}) {
  const answer = await send(origin + path, { headers: { ...BROWSER, ...headers } });
  if (answer.status !== 200) throw new Error(`${path} was answered with ${answer.status}.`);
  return answer;
}
