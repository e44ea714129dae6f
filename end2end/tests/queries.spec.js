// Data sets that are queried from a database: the form, and how it looks.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import AxeBuilder from '@axe-core/playwright';

import { expect, test as base } from '../support/fixtures.js';
import { ada } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';

/** Python includes SQLite; Node does only in later versions. */
const MAKE_TOWNS = `
import sqlite3, sys
towns = sqlite3.connect(sys.argv[1])
towns.executescript("CREATE TABLE towns (town TEXT, people INTEGER, since DATE);"
    "INSERT INTO towns VALUES ('Zürich', 443037, '1848-09-12'), ('Chur', 38293, NULL)")
`;

const test = base.extend({
  /** A Rolecall with a connection to the towns. */
  app: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'rolecall-towns-'));
      const file = join(folder, 'towns.sqlite3');
      execFileSync('python3', ['-c', MAKE_TOWNS, file]);
      const app = await Rolecall.start({ settings: { ROLECALL_CONNECTIONS__TOWNS__URL: `sqlite:${file}?mode=ro` } });
      await use(app);
      await app.stop();
      await rm(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
});

/** A name that is unique among tests. */
const unique = () => `towns-${crypto.randomUUID().slice(0, 8)}`;
const select = (page) => page.getByLabel('SELECT', { exact: true });
const press = (page, name) => page.getByRole('button', { name, exact: true }).press('Enter');

/** Opens the form as Ada, and tries a SELECT that succeeds. */
async function tryTowns(page, visitor) {
  await visitor.signIn(ada, { from: '/datasets' });
  await visitor.open('/datasets');
  await page.getByRole('link', { name: 'Query a database' }).press('Enter');
  await page.waitForURL('**/datasets/new/query');
  await select(page).fill('SELECT town, people, since FROM towns');
  await press(page, 'Try it');
  await expect(page.getByRole('status')).toContainText('Nothing was saved');
}

test('a SELECT is tried, corrected and saved, and its columns are changed knowingly', async ({
  consoleWatch,
  page,
  visitor,
}) => {
  consoleWatch.expectStatus(422);
  const name = unique();
  await tryTowns(page, visitor);
  await expect(page.getByRole('region', { name: 'Table of the rows' })).toContainText('Zürich');
  await expect(page.getByRole('region', { name: 'Table of columns' })).toContainText('integer');
  await select(page).fill('SELECT town, people\nFROM twons');
  await press(page, 'Try it');
  await expect(page.getByRole('alert')).toContainText('no such table: twons');
  await expect(select(page)).toHaveValue('SELECT town, people\nFROM twons');

  await select(page).fill('SELECT town, people FROM towns');
  await page.getByLabel('Title', { exact: true }).fill('Towns');
  await page.getByLabel('Name in dashboards').fill(name);
  await press(page, 'Save');
  await page.waitForURL(`**/datasets/${name}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Towns' })).toBeVisible();

  await page.getByRole('link', { name: 'Edit the query' }).press('Enter');
  await page.waitForURL(`**/datasets/${name}/query`);
  await select(page).fill('SELECT town FROM towns');
  await press(page, 'Save');
  await expect(page.getByRole('alert')).toContainText('“people” is gone.');
  await press(page, 'Save with these columns');
  await page.waitForURL(`**/datasets/${name}`);
  await expect(page.getByRole('region', { name: 'Table of columns' })).not.toContainText('people');
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 360]) {
    test.describe(`In ${colorScheme} at ${width} px`, { tag: '@script' }, () => {
      test.use({ colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' });

      test('the form of a query is accessible and fits', async ({ consoleWatch, page, visitor }) => {
        consoleWatch.expectStatus(422);
        const inspect = async (name) => {
          await page.screenshot({ path: `artefacts/${name}-${colorScheme}-${width}.png`, fullPage: true });
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect.soft(violations.map(({ id }) => id), `${name}: what axe found`).toEqual([]);
          const overflow = await page.evaluate(() => document.body.scrollWidth - document.documentElement.clientWidth);
          expect.soft(overflow, `${name}: pixels that stick out to the right`).toBeLessThanOrEqual(0);
        };
        await tryTowns(page, visitor);
        await inspect('query-tried');
        await select(page).fill('SELECT 1 FROM twons');
        await press(page, 'Save');
        await expect(page.getByRole('alert')).toBeVisible();
        await inspect('query-refused');
      });
    });
  }
}
