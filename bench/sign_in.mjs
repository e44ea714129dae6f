// Signing in as a browser does, without a browser: three requests that carry cookies.
import { Agent } from 'node:http';

import { send } from './http.mjs';

/** Keeps connections open, as browsers do. */
const agent = new Agent({ keepAlive: true });

/** The cookies of one browser. */
class CookieJar {
  #cookies = new Map();

  /** Takes the cookies that an answer sets; an empty one is a removal. */
  keep({ headers }) {
    for (const cookie of headers['set-cookie'] ?? []) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
  }

  /** What goes into the header `Cookie`. */
  get header() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
}

/** Where the answer from `asked` leads to; anything else than a redirect by GET is an error. */
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
  const { pathname } = redirection(callback, completed);
  if (pathname !== '/') throw new Error(`The sign-in led to ${pathname}, not to the front page.`);
  return jar.header;
}
