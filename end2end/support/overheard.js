// Everything that the server sends to a page.

const TEXT = /^(text\/html|text\/plain|application\/json|application\/x-www-form-urlencoded)/;

/** Collects the text responses that `page` receives from `origin` from now on. */
export class Overheard {
  #answers = [];

  constructor(page, origin) {
    page.on('response', (response) => {
      const isText = TEXT.test(response.headers()['content-type'] ?? '');
      if (isText && response.url().startsWith(origin)) this.#answers.push(this.#read(response));
    });
  }

  /**
   * The answers so far, each with its address. A redirect has no text of its own. To be asked before the page is left:
   * the browser forgets what it has not read by then.
   */
  async answers() {
    return Promise.all(this.#answers);
  }

  async #read(response) {
    const redirect = response.status() >= 300 && response.status() < 400;
    return { url: response.url(), text: redirect ? '' : await response.text() };
  }
}
