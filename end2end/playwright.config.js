// The configuration of the end-to-end tests: in the Chromium of the machine, once with JavaScript and once without.
import { defineConfig } from '@playwright/test';

import { launchOptions } from './support/chromium.js';

export default defineConfig({
  testDir: 'tests',
  outputDir: 'test-results',
  fullyParallel: false,
  workers: 2,
  // A failed test is repeated once, to record a trace and to distinguish constant failures from occasional ones.
  retries: 1,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['json', { outputFile: 'artefacts/report.json' }]],
  use: {
    browserName: 'chromium',
    launchOptions: launchOptions(),
    locale: 'en-GB',
    // Different from the server's zone: pages with times must hydrate in any zone.
    timezoneId: 'Asia/Kolkata',
    viewport: { width: 1280, height: 800 },
    trace: 'on-first-retry',
  },
  // A test that needs JavaScript is tagged @script, one about its absence @no-script; all others run in both projects.
  projects: [
    { name: 'with script', grepInvert: /@no-script/ },
    { name: 'without script', grepInvert: /@script/, use: { javaScriptEnabled: false } },
  ],
});
