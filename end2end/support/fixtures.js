// The fixtures of the tests: a Rolecall for each worker, a visitor, and a console watch.
import { test as base, expect } from '@playwright/test';

import { ConsoleWatch } from './console.js';
import { Rolecall } from './rolecall.js';
import { secrets } from './secrets.js';
import { Visitor } from './visitor.js';

export { expect };

export const test = base.extend({
  /** A Rolecall with the demonstration provider, shared by the tests of a worker. */
  app: [
    async ({}, use) => {
      const app = await Rolecall.start();
      await use(app);
      // By SIGTERM as a service manager does it, once for the many tests that share it.
      await app.stop('SIGTERM');
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ app }, use) => use(app.origin),

  /** Whether the browser runs JavaScript. */
  scripted: async ({ javaScriptEnabled }, use) => use(javaScriptEnabled !== false),

  /** Fails the test if its pages write to the console. */
  consoleWatch: [
    async ({ context }, use) => {
      const watch = new ConsoleWatch(context);
      await use(watch);
      expect(watch.complaints, 'errors and warnings in the console').toEqual([]);
    },
    { auto: true },
  ],

  /** Records the secrets that must not appear in any log. */
  overhearing: [
    async ({ context }, use) => {
      secrets.overhear(context);
      await use();
    },
    { auto: true },
  ],

  /** A person at the browser. */
  visitor: async ({ page, scripted }, use) => use(new Visitor(page, { scripted })),
});
