// Watches the browser's console: pages of Rolecall must not write to it.

/**
 * Warnings that say something about the speed of the machine and nothing about the page: a preloaded file counts as
 * unused when the page is slow to start.
 */
const HARMLESS = [/was preloaded using link preload but not used within a few seconds/];

/** Origins whose server a test has stopped. Pages that are still open cannot load from there any more. */
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

  /** Allows answers with this status: the browser reports them as errors even if a test expects them. */
  expectStatus(status) {
    this.#expectedStatuses.add(String(status));
  }

  /** Allows complaints that match `pattern`, such as those of an app behind Rolecall. */
  expect(pattern) {
    this.#expected.push(pattern);
  }

  /** The unexpected complaints. */
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
