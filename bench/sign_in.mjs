// Signs in as a browser does: three requests with cookies. Also measures the cost.
import { Agent } from 'node:http';

import { send } from './http.mjs';
import { Program } from './program.mjs';
import { PROVIDER } from './provider.mjs';

const WARM_UP_SIGN_INS = 20;
const SIGN_INS = 300;

/** Keeps connections open, as browsers do. */
const agent = new Agent({ keepAlive: true });

/** The cookies of one browser. */
class CookieJar {
  #cookies = new Map();

  /** Stores the cookies that an answer sets; an empty value removes one. */
  keep({ headers }) {
    for (const cookie of headers['set-cookie'] ?? []) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
  }

  /** The value of the header `Cookie`. */
  get header() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

/** The target of the redirect in the answer to `asked`; anything else than a redirect by GET is an error. */
function redirection(asked, { status, headers, body }) {
  if (status === 303) return new URL(headers.location, asked);
  throw new Error(`${new URL(asked).pathname} answered with ${status}, not with a redirect.\n${body}`);
}

/**
 * Signs `person` in, in a new browser, at the Rolecall at `origin` through its provider `provider`, which must be a
 * demonstration provider.
 *
 * @returns {Promise<string>} what goes into the header `Cookie` from then on
 */
export async function signIn(origin, provider, person) {
  const { jar } = await signedIn(origin, provider, person);
  return jar.header;
}

/**
 * The same, and goes on to the page that comes next, as browsers do. Its answer takes away a cookie that counts sign-ins: with it,
 * every answer that is measured would say so again.
 */
export async function signInAndGoOn(origin, provider, person) {
  const { jar, next } = await signedIn(origin, provider, person);
  jar.keep(await send(next, { headers: { accept: 'text/html', cookie: jar.header }, agent }));
  return jar.header;
}

/** The cookies of a browser in which `person` has just signed in, and the address it is redirected to. */
async function signedIn(origin, provider, person) {
  const jar = new CookieJar();
  const beginning = `${origin}/login/${provider}`;
  const begun = await send(beginning, { agent });
  jar.keep(begun);

  const authorization = redirection(beginning, begun);
  const form = new URLSearchParams(authorization.searchParams);
  form.set('person', person);
  authorization.search = '';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const chosen = await send(authorization, { method: 'POST', headers, body: form.toString(), agent });

  const callback = redirection(authorization, chosen);
  const completed = await send(callback, { headers: { cookie: jar.header }, agent });
  jar.keep(completed);
  const next = redirection(callback, completed);
  // A person without a role is told on these pages how to ask for one.
  if (!['/', '/dashboards'].includes(next.pathname)) throw new Error(`The sign-in led to ${next.pathname}, not to the front page.`);
  return { jar, next };
}

/**
 * Measures complete sign-ins of one person after the other, at a server of their own.
 *
 * @param {string} file the executable of Rolecall
 * @param {object} settings those of a Rolecall that uses the provider of `startProvider`
 * @returns {Promise<number>} the server's CPU time for one sign-in, in seconds
 */
export async function measureSignIns(file, settings) {
  const server = await Program.rolecall(file, { settings });
  await server.firstAnswerMs('/health/live');
  for (let i = 0; i < WARM_UP_SIGN_INS; i += 1) await signIn(server.origin, PROVIDER, 'reed');
  const before = server.cpuSeconds();
  for (let i = 0; i < SIGN_INS; i += 1) await signIn(server.origin, PROVIDER, 'reed');
  const cpuSeconds = (server.cpuSeconds() - before) / SIGN_INS;
  await server.stop();
  return cpuSeconds;
}
