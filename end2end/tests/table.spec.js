// The table below the charts, one page at a time.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { panels } from '../support/dashboard.js';
import { expect, test } from '../support/fixtures.js';
import { reed, wren } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { paths, Visitor } from '../support/visitor.js';

const run = promisify(execFile);
const LETTERS = `format = 1
title = "Letters"
[[panels]]
id = "rows"
title = "All letters"
kind = "table"
dataset = "letters"
columns = [{ column = "day" }, { column = "letter" }, { column = "pages" }]
`;

test('is paged by links that can be bookmarked', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  const { table } = panels(page);
  const standing = table.getByRole('status');
  await expect(table.getByRole('caption')).toHaveText('2,922 rows');
  await expect(standing).toHaveText(/^Page 1 of/);
  const first = await table.getByRole('row').allInnerTexts();

  await table.getByRole('link', { name: 'Next' }).click();
  await page.waitForURL((url) => url.searchParams.get('table.page') === '2');
  await expect(standing).toHaveText(/^Page 2 of/);
  expect(await table.getByRole('row').allInnerTexts()).not.toEqual(first);

  await table.getByRole('link', { name: 'Previous' }).click();
  await expect(standing).toHaveText(/^Page 1 of/);
  expect(await table.getByRole('row').allInnerTexts()).toEqual(first);
});

test('is sorted by its headings, and stays sorted on other pages', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  const { table } = panels(page);
  const heading = table.getByRole('columnheader', { name: /^Highest/ });
  const highest = async () => {
    const cells = await table.getByRole('row').locator('td:nth-of-type(2)').allInnerTexts();
    return cells.map((text) => Number(text.replace('\u2212', '-')));
  };
  await heading.getByRole('link').click();
  await expect(heading).toHaveAttribute('aria-sort', 'ascending');
  await heading.getByRole('link').click();
  await expect(heading).toHaveAttribute('aria-sort', 'descending');
  await page.waitForURL((url) => url.searchParams.get('table.sort') === '-temp_max');
  const first = await highest();
  expect(first).toEqual(first.toSorted((one, other) => other - one));
  expect(first[0]).toBe(37.8);
  await table.getByRole('link', { name: 'Next' }).click();
  await expect(table.getByRole('status')).toHaveText(/^Page 2 of/);
  const second = await highest();
  expect(second[0]).toBeLessThanOrEqual(first.at(-1));
  await page.goBack();
  await expect(table.getByRole('status')).toHaveText(/^Page 1 of/);
  await expect(heading).toHaveAttribute('aria-sort', 'descending');
  expect(await highest()).toEqual(first);
});

test('shows all its columns on a large screen', async ({ page, visitor }) => {
  await page.setViewportSize({ width: 1024, height: 800 });
  await visitor.signIn(wren, { from: paths.weather });
  const scroll = panels(page).table.getByRole('region');
  expect(await scroll.evaluate((region) => region.scrollWidth - region.clientWidth)).toBeLessThanOrEqual(0);
});

test('keeps a note that is being written when it is paged', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  const { note, table } = panels(page);
  await note.getByRole('textbox').fill('Not saved yet');
  await table.getByRole('link', { name: 'Next' }).click();
  await expect(table.getByRole('status')).toHaveText(/^Page 2 of/);
  await expect(note.getByRole('textbox')).toHaveValue('Not saved yet');
});

test('shows a page for every number in the address, valid or not', async ({ page, visitor }) => {
  await visitor.signIn(wren);
  for (const number of ['0', '-1', '4294967295', '99999999999', 'x', '']) {
    expect(await visitor.open(`${paths.weather}?table.page=${number}`), number).toBe(200);
    await expect(panels(page).table.getByRole('caption')).toBeVisible();
  }
});

// Case: panel/long-texts-leave-room
test('a long text does not make a row very high on a phone, and is complete', async ({ browser, scripted }) => {
  const folder = await mkdtemp(join(tmpdir(), 'rolecall-letters-'));
  await mkdir(join(folder, 'dashboards'));
  await writeFile(join(folder, 'dashboards/letters.toml'), LETTERS);
  const app = await Rolecall.start({ settings: { ROLECALL_CONFIG_DIR: folder } });
  try {
    const texts = [40, 198].map((count) => `${'word '.repeat(count)}end`);
    const file = join(folder, 'letters.csv');
    await writeFile(file, `day,letter,pages\n${texts.map((text, at) => `2026-01-0${at + 1},${text},${at + 1}\n`).join('')}`);
    await run(Rolecall.program, ['import', file, '--name', 'letters'], { env: app.environment });
    const viewport = { width: 360, height: 800 };
    const context = await browser.newContext({ baseURL: app.origin, javaScriptEnabled: scripted, viewport });
    const page = await context.newPage();
    await new Visitor(page, { scripted }).signIn(reed, { from: '/dashboards/letters' });
    const table = page.getByRole('main').getByRole('region', { name: 'All letters', exact: true });
    // Imports by another process are noticed within a second; without JavaScript, the page must be reloaded.
    await expect(async () => {
      await page.goto('/dashboards/letters');
      await expect(table.getByRole('row')).toHaveCount(texts.length + 1, { timeout: 1_000 });
    }).toPass();
    for (const [at, text] of texts.entries()) {
      const row = table.getByRole('row', { name: `2026-01-0${at + 1}` });
      await expect(row.getByRole('cell').first()).toHaveText(text);
      const { height } = await row.boundingBox();
      expect(height, `the row with ${text.length} characters`).toBeLessThan(320);
    }
    const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(sticksOut, 'how far the page sticks out').toBeLessThanOrEqual(0);
    // Text out of sight can be scrolled to, and is printed.
    const lines = table.locator('.lines').filter({ hasText: texts[1] });
    const hidden = () => lines.evaluate((of) => of.scrollHeight - of.clientHeight);
    expect(await hidden()).toBeGreaterThan(0);
    await expect(lines).toHaveCSS('overflow-y', 'auto');
    await lines.press('End');
    await expect.poll(() => lines.evaluate((of) => of.scrollTop)).toBeGreaterThan(0);
    await page.emulateMedia({ media: 'print' });
    expect(await hidden()).toBeLessThanOrEqual(0);
    await context.close();
  } finally {
    await app.stop();
  }
});
