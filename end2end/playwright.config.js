// How the end-to-end tests run: in the Chromium of the machine, once with script and once without.
import { defineConfig } from '@playwright/test';

import { launchOptions } from './support/chromium.js';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 2,
  // A test that failed runs once more, to leave a trace and to tell what fails always from what fails now and then.
  retries: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['json', { outputFile: 'artefacts/report.json' }]],
  use: {
    browserName: 'chromium',
    launchOptions: launchOptions(),
    locale: 'en-GB',
    // Not the server's: a page that shows times must hydrate wherever it is read.
    timezoneId: 'Asia/Kolkata',
    viewport: { width: 1280, height: 800 },
    trace: 'on-first-retry',
  },
  // A test about what script adds is tagged @script, one about its absence @no-script; the others hold in both.
  projects: [
    { name: 'with script', grepInvert: /@no-script/ },
    { name: 'without script', grepInvert: /@script/, use: { javaScriptEnabled: false } },
  ],
});
