// Listens to the browser's console: a page of Rolecall says nothing there.

/**
 * Warnings that say something about the speed of the machine and nothing about the page: a preloaded file counts as
 * unused when the page is slow to start.
 */
const HARMLESS = [/was preloaded using link preload but not used within a few seconds/];

/** Origins whose server a test has stopped. What a page that is still open loads from there cannot come any more. */
export const stopped = new Set();

/** Collects errors and warnings of every page of `context`. */
export class ConsoleWatch {
  #complaints = [];
  #expectedStatuses = new Set();
  #expected = [];

  constructor(context) {
    context.on('console', (message) => this.#heard(message));
    context.on('weberror', (error) => this.#complaints.push(`uncaught: ${error.error().stack}`));
  }

  /** Lets answers with this status pass: the browser reports them as errors even where a test asks for them. */
  expectStatus(status) {
    this.#expectedStatuses.add(String(status));
  }

  /** Lets complaints pass that match `pattern`: what an app behind Rolecall has to say of itself. */
  expect(pattern) {
    this.#expected.push(pattern);
  }

  /** What was heard and not expected. */
  get complaints() {
    return this.#complaints.filter((complaint) => !this.#expected.some((pattern) => pattern.test(complaint)));
  }

  #heard(message) {
    if (!['error', 'warning', 'assert'].includes(message.type())) return;
    const text = message.text();
    const status = /responded with a status of (\d{3})/.exec(text)?.[1];
    if (status && this.#expectedStatuses.has(status)) return;
    if (HARMLESS.some((pattern) => pattern.test(text))) return;
    const { url } = message.location();
    if (text.includes('net::ERR_') && URL.canParse(url) && stopped.has(new URL(url).origin)) return;
    this.#complaints.push(`${message.type()} at ${url}: ${text}`);
  }
}
