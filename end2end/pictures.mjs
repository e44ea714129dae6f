// Takes the pictures of the documentation: `node end2end/pictures.mjs`, after `cargo leptos build`. It uses a browser
// of this machine, in light colours.
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { chromium } from '@playwright/test';

import { takeAdministration } from './pictures/administration.mjs';
import { takeMaking } from './pictures/making.mjs';
import { launchOptions } from './support/chromium.js';
import { Rolecall } from './support/rolecall.js';

const FOLDER = fileURLToPath(new URL('../docs/pictures', import.meta.url));

const app = await Rolecall.start();
const browser = await chromium.launch(launchOptions());
try {
  await mkdir(FOLDER, { recursive: true });
  const open = async () => {
    const options = { baseURL: app.origin, colorScheme: 'light', viewport: { width: 1100, height: 720 } };
    return (await browser.newContext(options)).newPage();
  };
  const take = (name, page) => page.screenshot({ path: `${FOLDER}/${name}.png` });
  await takeMaking(open, take);
  await takeAdministration(open, take);
} finally {
  await browser.close();
  await app.stop();
}
