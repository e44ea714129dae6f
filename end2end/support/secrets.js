// What must never be in a log: collected while it passes by, and looked for in the log of every Rolecall at its end.

/** Parameters of the protocol that are secrets, or become one. */
const PARAMETERS = [
  'code',
  'state',
  'nonce',
  'code_verifier',
  'client_secret',
  'client_assertion',
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'logout_token',
];
/** Two parts of any JSON Web Token: `{"` in base64url, twice. */
const JWT = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}/;
/** What is shorter may be in a log by chance: a counter, a flag. */
const MIN_LENGTH = 16;
/** What most secrets consist of, as a class of a regular expression: base64 in either alphabet, hex, JWT, percent-encoding. */
const CHARACTERS = '[\\w.~+/=%-]';
/** A secret of such characters alone, and each place where one may be: it is as long at least. */
const PLAIN = new RegExp(`^${CHARACTERS}+$`);
const PLACES = new RegExp(`${CHARACTERS}{${MIN_LENGTH},}`, 'g');

/** Secrets of one worker, with what each is. */
class Secrets {
  #kinds = new Map();
  #pending = new Set();

  /** Notes a secret. */
  note(kind, value) {
    if (typeof value === 'string' && value.length >= MIN_LENGTH) this.#kinds.set(value, kind);
  }

  /** Notes the secrets among the properties of `values`, such as a token response. */
  noteAmong(values) {
    for (const name of PARAMETERS) this.note(name, values?.[name]);
  }

  /** Notes what passes through the browser from now on. */
  overhear(context) {
    context.on('request', (request) => {
      this.#noteQuery(request.url());
      this.noteAmong(Object.fromEntries(new URLSearchParams(request.postData() ?? '')));
    });
    context.on('response', (response) => {
      // Read later; a page that is closed meanwhile has nothing left to tell.
      const reading = this.#noteHeaders(response).catch(() => {});
      this.#pending.add(reading);
      reading.finally(() => this.#pending.delete(reading));
    });
  }

  /** Which kinds of secrets there are so far. */
  async kinds() {
    await Promise.all(this.#pending);
    return new Set(this.#kinds.values());
  }

  /** The kinds of secrets that are in `text`, without repeating them. */
  async foundIn(text) {
    await Promise.all(this.#pending);
    // A log is long and repeats itself, and there are thousands of secrets: each place is searched once, however often it is there.
    const places = [...new Set(text.match(PLACES))].join('\n');
    const holds = (value) => (PLAIN.test(value) ? places : text).includes(value);
    const found = [...this.#kinds].filter(([value]) => holds(value)).map(([, kind]) => kind);
    if (JWT.test(text)) found.push('JSON Web Token');
    return [...new Set(found)];
  }

  #noteQuery(url) {
    this.noteAmong(Object.fromEntries(new URL(url).searchParams));
  }

  async #noteHeaders(response) {
    for (const { name, value } of await response.headersArray()) {
      if (name.toLowerCase() === 'location') this.#noteQuery(new URL(value, response.url()).href);
      if (name.toLowerCase() === 'set-cookie') this.note('cookie', /^[^=]*=([^;]*)/.exec(value)?.[1]);
    }
  }
}

/** What this worker has come across. */
export const secrets = new Secrets();
