// Uploads: from a file to a data set, in the browser, with and without JavaScript.
import { writeFile } from 'node:fs/promises';

import AxeBuilder from '@axe-core/playwright';

import { unique } from '../support/data.js';
import { expect, test } from '../support/fixtures.js';
import { wren } from '../support/people.js';

const UPLOADS = '/uploads';

/** A file for the field. */
function file(name, text) {
  return { name, mimeType: 'text/csv', buffer: Buffer.from(text) };
}

/** Chooses `text` as a file called `name` in the form, or in the one that `link` opens, sends it, and waits for its page. */
async function upload(page, visitor, name, text, link) {
  if (link) await page.getByRole('link', { name: link }).click();
  else await visitor.open(UPLOADS);
  await page.getByRole('button', { name: 'File', exact: true }).setInputFiles(file(name, text));
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await page.waitForURL(/\/uploads\/[0-9a-f]{32}$/);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

/** Creates the data set `name` with two rows. */
async function imported(page, visitor, name) {
  await upload(page, visitor, `${name}.csv`, 'day,region,amount\n2026-01-02,North,120.50\n2026-01-05,South,80\n');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.waitForURL(`**/datasets/${name}?imported=*`);
}

const firstRows = (page) => page.getByRole('region', { name: 'Cells' }).getByRole('table');

test('a file is shown, corrected and imported', async ({ page, visitor }) => {
  const name = unique('sales');
  await visitor.signIn(wren, { from: UPLOADS });
  await upload(page, visitor, `${name}.csv`, 'code;price\n1;1,5\n2;2,25\n');
  await expect(firstRows(page)).toContainText('2.25');
  await page.getByLabel('Type of column 1').selectOption('text');
  await page.getByLabel('Name of column 2').fill('cost');
  await page.getByRole('button', { name: 'Show again' }).click();
  await expect(firstRows(page).getByRole('columnheader', { name: 'cost' })).toBeVisible();
  await page.getByLabel('Title', { exact: true }).fill('Codes & prices');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.waitForURL(`**/datasets/${name}?imported=*`);
  await expect(page.getByRole('heading', { level: 1, name: 'Codes & prices' })).toBeVisible();
});

test('invalid values are reported beside their field, and no input is lost', async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(422);
  const name = unique('zones');
  await visitor.signIn(wren, { from: UPLOADS });
  await imported(page, visitor, name);
  await upload(page, visitor, `${name}.csv`, 'a,b\n1,x\n');
  await expect(page.getByLabel('Name in dashboards')).toHaveValue(`${name}-2`);
  const zone = page.getByLabel('Time zone of times without one');
  await zone.fill('Mars');
  await page.getByLabel('Name of column 1').fill('number');
  await page.getByLabel('Name in dashboards').fill(name);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(zone).toHaveAccessibleDescription(/There is no time zone “Mars”/);
  await expect(zone).toHaveValue('Mars');
  // A mistake below a field must not move the fields next to it.
  const top = (field) => field.evaluate((element) => element.getBoundingClientRect().top);
  expect(await top(page.getByLabel('Dates', { exact: true }))).toBeCloseTo(await top(zone), 0);
  await expect(page.getByLabel('Name of column 1')).toHaveValue('number');
  await expect(page.getByLabel('Name in dashboards')).toHaveAccessibleDescription(/There is a data set/);
  await page.getByRole('alert').getByRole('link', { name: /time zone/ }).click();
  await expect(zone).toBeFocused();
  await zone.fill('UTC');
  await page.getByLabel('Name in dashboards').fill(`${name}-2`);
  await page.getByRole('button', { name: 'Show again' }).click();
  await expect(firstRows(page).getByRole('columnheader', { name: 'number' })).toBeVisible();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await page.waitForURL(`**/datasets/${name}-2?imported=*`);
});

test('questions come first, and mistakes are listed', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: UPLOADS });
  await upload(page, visitor, `${unique('days')}.csv`, 'day,n\n01/02/2026,1\n02/03/2026,x\n');
  await expect(page.getByRole('heading', { name: 'Please decide first' })).toBeVisible();
  await page.getByLabel(/^Month first/).check();
  await page.getByLabel('Type of column 2').selectOption('integer');
  await page.getByRole('button', { name: 'Show again' }).click();
  await expect(page.getByRole('heading', { name: 'Please decide first' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const mistakes = page.getByRole('alert');
  await expect(mistakes.getByRole('heading', { name: '1 mistake' })).toBeVisible();
  await expect(mistakes.getByRole('row').nth(1)).toContainText('is not a whole number');
});

test('rows are added to a data set, and replace others', async ({ page, visitor }) => {
  const name = unique('rows');
  await visitor.signIn(wren, { from: UPLOADS });
  await imported(page, visitor, name);
  await upload(page, visitor, 'more.csv', 'amount,day,region\n5,2026-02-01,East\n', 'Add rows');
  await page.getByRole('button', { name: `Append to ${name}` }).click();
  await page.waitForURL(`**/datasets/${name}?imported=*`);
  await expect(page.getByRole('main')).toContainText('East');
  await upload(page, visitor, 'all.csv', 'amount,day,region\n7,2026-03-01,West\n', 'Replace all rows');
  await page.getByRole('button', { name: `Replace the rows of ${name}` }).click();
  await page.waitForURL(`**/datasets/${name}?imported=*`);
  await expect(page.getByRole('main')).toContainText('West');
  await expect(page.getByRole('main')).not.toContainText('East');
});

test('by keyboard alone', async ({ page, visitor }) => {
  const name = unique('keys');
  await visitor.signIn(wren, { from: UPLOADS });
  await visitor.open(UPLOADS);
  await page.getByRole('button', { name: 'File', exact: true }).setInputFiles(file(`${name}.csv`, 'a,b\n1,x\n'));
  await page.getByRole('button', { name: 'File', exact: true }).focus();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Upload', exact: true })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/uploads\/[0-9a-f]{32}$/);
  await page.getByRole('button', { name: 'Import', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/datasets/${name}?imported=*`);
});

test('an upload is deleted', async ({ page, visitor }) => {
  const name = `${unique('gone')}.csv`;
  await visitor.signIn(wren, { from: UPLOADS });
  await upload(page, visitor, name, 'a\n1\n');
  await page.getByRole('button', { name: 'Delete this upload' }).click();
  await page.waitForURL(`**${UPLOADS}`);
  await expect(page.getByRole('main')).not.toContainText(name);
});

test('an upload is deleted in the list of unfinished ones', async ({ page, visitor }) => {
  const name = `${unique('waits')}.csv`;
  await visitor.signIn(wren, { from: UPLOADS });
  await upload(page, visitor, name, 'a\n1\n');
  await visitor.open(UPLOADS);
  await page.getByRole('button', { name: `Delete ${name}` }).click();
  await page.waitForURL(`**${UPLOADS}`);
  await expect(page.getByRole('button', { name: `Delete ${name}` })).toHaveCount(0);
});

test('a file that is not a table is refused in place, and not kept', { tag: '@script' }, async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(422);
  const name = `${unique('picture')}.csv`;
  await visitor.signIn(wren, { from: UPLOADS });
  await visitor.open(UPLOADS);
  await page.getByRole('button', { name: 'File', exact: true }).setInputFiles(file(name, '%PDF-1.7\n'));
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('It is a PDF document. Nothing of it was kept.');
  await page.reload();
  await expect(page.getByRole('link', { name })).toHaveCount(0);
});

test('the same file is added again only after a question', async ({ page, visitor }) => {
  const name = unique('same');
  const text = 'day,region,amount\n2026-01-02,North,120.50\n2026-01-05,South,80\n';
  await visitor.signIn(wren, { from: UPLOADS });
  await imported(page, visitor, name);
  await expect(page.getByText('The data set was made. It has 2 rows.')).toBeVisible();
  await upload(page, visitor, 'copy.csv', text, 'Add rows');
  await expect(page.getByText('Read like the last file')).toBeVisible();
  await expect(page.getByRole('button', { name: `Append to ${name}` })).toHaveCount(0);
  await page.getByRole('button', { name: 'Yes, add its rows again' }).click();
  await page.waitForURL(`**/datasets/${name}?imported=*`);
  await expect(page.getByText('2 rows added. The data set now has 4.')).toBeVisible();
});

test('an import is cancelled while it runs', async ({ consoleWatch, page, visitor }, testInfo) => {
  const name = unique('large');
  const path = testInfo.outputPath(`${name}.csv`);
  const rows = Array.from({ length: 1_500_000 }, (_, row) => `${row},some text that differs ${row}`);
  await writeFile(path, `id,text\n${rows.join('\n')}\n`);
  await visitor.signIn(wren, { from: UPLOADS });
  await visitor.open(UPLOADS);
  await page.getByRole('button', { name: 'File', exact: true }).setInputFiles(path);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  const begin = page.getByRole('button', { name: 'Import', exact: true });
  await expect(begin).toBeVisible({ timeout: 60_000 });
  await begin.click();
  await expect(page.getByRole('heading', { name: 'Importing the rows' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('The import was cancelled. Nothing was changed.')).toBeVisible();
  consoleWatch.expectStatus(404);
  expect(await visitor.open(`/datasets/${name}`)).toBe(404);
  await visitor.open(UPLOADS);
  await page.getByRole('link', { name: `${name}.csv` }).click();
  await page.getByRole('button', { name: 'Delete this upload' }).click();
  await page.waitForURL(`**${UPLOADS}`);
});

/** The data of a drag with these files. */
function dragged(page, ...names) {
  return page.evaluateHandle((names) => {
    const transfer = new DataTransfer();
    names.forEach((name) => transfer.items.add(new File(['a,b\n1,x\n'], name, { type: 'text/csv' })));
    return transfer;
  }, names);
}

const dropArea = (page) => page.getByRole('main').locator('.drop-area');
const field = (page) => page.getByRole('button', { name: 'File', exact: true });

test('a file is dropped on the form', { tag: '@script' }, async ({ page, visitor }) => {
  const name = `${unique('dropped')}.csv`;
  await visitor.signIn(wren, { from: UPLOADS });
  await visitor.open(UPLOADS);
  const hint = page.getByText('Or drop a file here.');
  const dataTransfer = await dragged(page, name);
  await hint.dispatchEvent('dragover', { dataTransfer });
  await expect(dropArea(page)).toHaveClass(/drop-area-over/);
  await hint.dispatchEvent('dragleave', { dataTransfer });
  await expect(dropArea(page)).not.toHaveClass(/drop-area-over/);
  await hint.dispatchEvent('drop', { dataTransfer });
  await expect(page.getByText(`${name}, 8 bytes`)).toBeVisible();
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await page.waitForURL(/\/uploads\/[0-9a-f]{32}$/);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.getByRole('button', { name: 'Delete this upload' }).click();
});

test('while a file is sent its progress is shown, and it can be cancelled', { tag: '@script' }, async ({ page, visitor }) => {
  const name = `${unique('slow')}.csv`;
  await visitor.signIn(wren, { from: UPLOADS });
  await visitor.open(UPLOADS);
  await field(page).setInputFiles(file(name, `n\n${'1\n'.repeat(2_000_000)}`));
  const network = await page.context().newCDPSession(page);
  const throughput = 300_000;
  await network.send('Network.emulateNetworkConditions', {
    offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: throughput,
  });
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(page.getByRole('progressbar', { name: 'Sending the file' })).toBeVisible();
  await expect(page.getByText(/B of 4\.0 MB, about \d+ seconds left/)).toBeVisible();
  await expect(page.getByText('The file is being sent.')).toBeAttached();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Cancelled. Nothing of the file was kept.')).toBeAttached();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await expect(field(page)).toBeFocused();
  await expect(field(page)).toHaveValue(new RegExp(name));
  await network.send('Network.emulateNetworkConditions', {
    offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1,
  });
  await page.reload();
  await expect(page.getByRole('link', { name })).toHaveCount(0);
});

test('an error of the server about a file is shown in place, and the file stays', { tag: '@script' }, async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(401);
  const name = `${unique('late')}.csv`;
  await visitor.signIn(wren, { from: UPLOADS });
  await visitor.open(UPLOADS);
  await field(page).setInputFiles(file(name, 'a,b\n1,x\n'));
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('You are signed out');
  await expect(alert.getByRole('link', { name: 'Sign in (opens a new tab)' })).toBeVisible();
  await expect(field(page)).toHaveValue(new RegExp(name));
  expect(new URL(page.url()).pathname).toBe(UPLOADS);
});

/** The elements that scroll on their own, in each direction. */
function scrollers(page) {
  return page.evaluate(() => {
    const scrolls = (of, size, client) => of[size] > of[client] + 1 && /auto|scroll/.test(getComputedStyle(of).overflow);
    const all = [...document.querySelectorAll('main *')];
    return {
      down: all.filter((of) => scrolls(of, 'scrollHeight', 'clientHeight')).length,
      aside: all.filter((of) => scrolls(of, 'scrollWidth', 'clientWidth')).length,
    };
  });
}

test('a few columns are seen without scrolling in their table', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: UPLOADS });
  await upload(page, visitor, `${unique('six')}.csv`, 'one,two,three,four,five,six\n1,2,3,4,5,6\n');
  expect((await scrollers(page)).down).toBe(0);
  await page.getByRole('button', { name: 'Delete this upload' }).click();
});

test.describe('On a phone', () => {
  test.use({ viewport: { width: 360, height: 740 } });

  test('the page of an upload scrolls down, and only its rows to the side', async ({ page, visitor }) => {
    await visitor.signIn(wren, { from: UPLOADS });
    const names = ['day', 'region', 'a rather long name', 'another long name', 'amount'];
    const row = '2026-01-02,North of the river,some words,some more words,120.50';
    await upload(page, visitor, `${unique('wide')}.csv`, `${names}\n${`${row}\n`.repeat(60)}`);
    expect(await scrollers(page)).toEqual({ down: 0, aside: 1 });
    const width = await page.getByLabel('Type of column 5').evaluate((field) => field.getBoundingClientRect().right);
    expect(width).toBeLessThanOrEqual(360);
    await page.getByRole('button', { name: 'Delete this upload' }).click();
  });
});

for (const width of [360, 1024]) {
  test.describe(`On ${width} pixels`, () => {
    test.use({ viewport: { width, height: 740 } });

    test('long texts leave the numbers in sight, and dates stay on one line', async ({ page, visitor }) => {
      const name = unique('words');
      const words = 'Somebody wrote more than one line about what happened here on that day. '.repeat(3);
      await visitor.signIn(wren, { from: UPLOADS });
      await upload(page, visitor, `${name}.csv`, `day,words,amount\n2026-01-02,${words}${'x'.repeat(80)},120.5\n`);
      const inSight = async (table) => {
        const cells = table.getByRole('row').nth(1).getByRole('cell');
        const right = await cells.nth(2).evaluate((cell) => cell.getBoundingClientRect().right);
        expect(right).toBeLessThanOrEqual(width);
        const lines = (cell) => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
        };
        expect(await cells.nth(0).evaluate(lines)).toBe(1);
        expect(await cells.nth(1).evaluate(lines)).toBeGreaterThan(1);
      };
      await inSight(firstRows(page));
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      await page.waitForURL(`**/datasets/${name}?imported=*`);
      await inSight(page.getByRole('region', { name: 'Table of the first rows' }).getByRole('table'));
    });
  });
}

const appearances = ['light', 'dark'].flatMap((colorScheme) =>
  [1280, 360].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
);

for (const appearance of appearances) {
  const label = `${appearance.colorScheme}-${appearance.viewport.width}`;

  test.describe(`Uploads in ${label}`, () => {
    test.use(appearance);

    test('look right', { tag: '@script' }, async ({ page, visitor }) => {
      const look = async (name) => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect.soft(violations.map(({ id }) => id), `${name}: what axe found`).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect.soft(overflow, `${name}: pixels that stick out`).toBeLessThanOrEqual(0);
        await page.screenshot({ path: `artefacts/uploads/${name}-${label}.png`, fullPage: true });
      };
      await visitor.signIn(wren, { from: UPLOADS });
      await visitor.open(UPLOADS);
      await look('form');
      await page.getByText('Or drop a file here.').dispatchEvent('dragover', { dataTransfer: await dragged(page, 'a.csv') });
      await look('dragging');
      await field(page).setInputFiles(file('large.csv', `n\n${'1\n'.repeat(1_000_000)}`));
      const network = await page.context().newCDPSession(page);
      await network.send('Network.emulateNetworkConditions', {
        offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 100_000,
      });
      await page.getByRole('button', { name: 'Upload', exact: true }).click();
      await expect(page.getByText(/seconds left/)).toBeVisible();
      await look('sending');
      await page.getByRole('button', { name: 'Cancel' }).click();
      await network.send('Network.emulateNetworkConditions', {
        offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1,
      });
      await upload(page, visitor, 'days.csv', 'day,region,n\n01/02/2026,North,1\n02/03/2026,South,x\n');
      await look('preview');
      await page.getByLabel(/^Month first/).check();
      await page.getByLabel('Type of column 3').selectOption('integer');
      await page.getByRole('button', { name: 'Show again' }).click();
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await look('mistakes');
      await page.getByRole('button', { name: 'Delete this upload' }).click();
    });
  });
}
