// Secrets that must never be in a log: collected from the traffic, and searched for in the log of every Rolecall at its
// end.

/** Protocol parameters that are secrets or can become secrets. */
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
/** Two parts of any JSON Web Token: both begin with `{"` in base64url. */
const JWT = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}/;
/** Shorter values can be in a log by chance, such as counters and flags. */
const MIN_LENGTH = 16;
/** The characters of most secrets, as a regular expression class: base64 in both alphabets, hex, JWT, percent-encoding. */
const CHARACTERS = '[\\w.~+/=%-]';
/** A secret that consists only of such characters, and every place that may contain one: it has at least that length. */
const PLAIN = new RegExp(`^${CHARACTERS}+$`);
const PLACES = new RegExp(`${CHARACTERS}{${MIN_LENGTH},}`, 'g');

/** The secrets of one worker, each with its kind. */
class Secrets {
  #kinds = new Map();
  #pending = new Set();

  /** Records a secret. */
  note(kind, value) {
    if (typeof value === 'string' && value.length >= MIN_LENGTH) this.#kinds.set(value, kind);
  }

  /** Records the secrets among the properties of `values`, such as a token response. */
  noteAmong(values) {
    for (const name of PARAMETERS) this.note(name, values?.[name]);
  }

  /** Records the secrets that the browser sends and receives from now on. */
  overhear(context) {
    context.on('request', (request) => {
      this.#noteQuery(request.url());
      this.noteAmong(Object.fromEntries(new URLSearchParams(request.postData() ?? '')));
    });
    context.on('response', (response) => {
      // Read later; a page that is closed in the meantime has no more responses.
      const reading = this.#noteHeaders(response).catch(() => {});
      this.#pending.add(reading);
      reading.finally(() => this.#pending.delete(reading));
    });
  }

  /** The kinds of secrets recorded so far. */
  async kinds() {
    await Promise.all(this.#pending);
    return new Set(this.#kinds.values());
  }

  /** The kinds of secrets in `text`, without the secrets themselves. */
  async foundIn(text) {
    await Promise.all(this.#pending);
    // A log is long and repetitive, and there are thousands of secrets: each distinct place is searched once.
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

/** The secrets that this worker has recorded. */
export const secrets = new Secrets();
