// The values of panels as files, in the menu in the corner of each panel.
import { readFile } from 'node:fs/promises';

import AxeBuilder from '@axe-core/playwright';

import { panels } from '../support/dashboard.js';
import { expect, test } from '../support/fixtures.js';
import { wren } from '../support/people.js';

const WEATHER = '/dashboards/weather';

const menu = (page, title) => page.getByRole('main').locator('summary').filter({ hasText: `More about ${title}` });

test('the values of a panel are available as files', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: WEATHER });
  await visitor.open(WEATHER);
  await menu(page, 'Mean temperature by month').click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Values (CSV)' }).filter({ visible: true }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^weather-temperature-\d{4}-\d\d-\d\d\.csv$/);
  const text = await readFile(await file.path(), 'utf8');
  expect(text.split('\r\n')[0]).toBe('\ufeffMonth,New York (°C),Seattle (°C)');
  expect(text.split('\r\n')).toHaveLength(50);
});

test('the menu of a panel stays open when its padding is pressed, and closes when the page is', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: WEATHER });
  const button = menu(page, 'Mean temperature by month');
  await button.click();
  const values = page.getByRole('link', { name: 'Values (CSV)' }).filter({ visible: true });
  await page.locator('.panel-menu[open] > ul').click({ position: { x: 3, y: 3 } });
  await expect(button).not.toBeFocused();
  await expect(values).toBeVisible();
  await page.getByRole('heading', { level: 1 }).click();
  await expect(values).toHaveCount(0);
});

test('a chart is saved as a PNG', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: WEATHER });
  await visitor.open(WEATHER);
  await menu(page, 'Mean temperature by month').click();
  const [file, request] = await Promise.all([
    page.waitForEvent('download'),
    page.waitForRequest(/\/panels\/temperature\/svg$/),
    page.getByRole('link', { name: 'Picture (PNG)' }).filter({ visible: true }).click(),
  ]);
  // So the audit records the format.
  expect(request.headers().accept).toBe('image/png');
  expect(file.suggestedFilename()).toMatch(/^weather-temperature-\d{4}-\d\d-\d\d\.png$/);
  const bytes = await readFile(await file.path());
  // The signature and the width (PNG, third edition, sections 5.2 and 11.2.1).
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
  expect(bytes.readUInt32BE(16)).toBe(1600);
  await file.saveAs('artefacts/exports/temperature.png');
});

test('figures and tables are saved as PNG, too', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: WEATHER });
  await visitor.open(WEATHER);
  const pictures = [
    ['Extremes', 'figures', 'Picture (PNG)', 1600],
    // Its columns need more than the default width.
    ['Daily observations', 'table', 'Picture of this page (PNG)', 1824],
  ];
  for (const [title, id, picture, width] of pictures) {
    await menu(page, title).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: picture }).filter({ visible: true }).click(),
    ]);
    expect(file.suggestedFilename()).toMatch(new RegExp(`^weather-${id}-\\d{4}-\\d\\d-\\d\\d\\.png$`));
    const bytes = await readFile(await file.path());
    expect(bytes.readUInt32BE(16)).toBe(width);
    await file.saveAs(`artefacts/exports/${id}.png`);
  }
});

test('the picture of a table shows the current page', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: WEATHER });
  await visitor.open(WEATHER);
  const { table } = panels(page);
  await table.getByRole('link', { name: 'Next' }).click();
  await expect(table.getByRole('status')).toHaveText(/^Page 2 of/);
  await menu(page, 'Daily observations').click();
  const picture = page.getByRole('link', { name: 'Picture of this page (SVG)' }).filter({ visible: true });
  await expect(picture).toHaveAttribute('href', /\/svg\?page=2$/);
  const [file] = await Promise.all([page.waitForEvent('download'), picture.click()]);
  expect(await readFile(await file.path(), 'utf8')).toContain('>Rows 21 to 40 of 2,922</text>');
});

test('without a script there is no PNG to choose', { tag: '@no-script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: WEATHER });
  await menu(page, 'Mean temperature by month').click();
  await expect(page.getByRole('link', { name: 'Picture (SVG)' }).filter({ visible: true })).toHaveCount(1);
  await expect(page.getByRole('link', { name: 'Picture (PNG)' }).filter({ visible: true })).toHaveCount(0);
});

test('the menu works by keyboard, and one is open at a time', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: WEATHER });
  await visitor.open(WEATHER);
  await menu(page, 'Mean temperature by month').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Large, with all values' }).filter({ visible: true })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Values (CSV)' }).filter({ visible: true })).toBeFocused();
  await menu(page, 'Daily observations').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('link', { name: 'Values (CSV)' }).filter({ visible: true })).toHaveCount(1);
});

test('the menu closes once a file is chosen, and when it loses the focus', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: WEATHER });
  await visitor.open(WEATHER);
  const summary = menu(page, 'Mean temperature by month');
  const file = page.getByRole('link', { name: 'Values (CSV)' }).filter({ visible: true });
  await summary.press('Enter');
  await Promise.all([page.waitForEvent('download'), file.press('Enter')]);
  await expect(file).toHaveCount(0);
  await expect(summary).toBeFocused();
  await summary.press('Enter');
  await expect(file).toHaveCount(1);
  await page.keyboard.press('Shift+Tab');
  await expect(file).toHaveCount(0);
  await visitor.personMenu().press('Enter');
  await expect(visitor.signOutButton()).toBeVisible();
  await summary.focus();
  await expect(visitor.signOutButton()).toBeHidden();
});

test('a panel alone on its page is large and has all its values', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: WEATHER });
  await visitor.open(WEATHER);
  await menu(page, 'Mean temperature by month').click();
  await page.getByRole('link', { name: 'Large, with all values' }).filter({ visible: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Mean temperature by month' })).toBeVisible();
  const { width } = await page.getByRole('figure').boundingBox();
  const { width: all } = await page.getByRole('main').boundingBox();
  expect(width).toBeGreaterThan(all * 0.8);
  const values = page.getByRole('region', { name: 'All values' }).getByRole('table');
  await expect(values.getByRole('row')).toHaveCount(49);
  await page.getByRole('link', { name: 'Weather in Seattle and New York' }).click();
  await page.waitForURL(`**${WEATHER}`);
});

test('the page of a panel fills the screen', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: `${WEATHER}/panels/temperature` });
  const button = page.getByRole('button', { name: 'Full screen' });
  const isFull = () => page.evaluate(() => Boolean(document.fullscreenElement));
  await button.click();
  await expect.poll(isFull).toBe(true);
  await expect(page.getByRole('banner').getByRole('link', { name: 'Rolecall' })).toBeHidden();
  await expect(page.getByRole('link', { name: 'Weather in Seattle and New York' })).toBeHidden();
  await expect(page.getByRole('region', { name: 'All values' })).toBeHidden();
  await expect(button).toHaveText('Leave full screen');
  await button.click();
  await expect.poll(isFull).toBe(false);
  await expect(button).toHaveText('Full screen');
});

test('without a script there is no full screen to choose', { tag: '@no-script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: `${WEATHER}/panels/temperature` });
  await expect(page.getByRole('heading', { level: 1, name: 'Mean temperature by month' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Full screen' })).toHaveCount(0);
});

test('a panel shows the time of its data, in its menu and on paper', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: WEATHER });
  await visitor.open(WEATHER);
  const chart = page.getByRole('figure', { name: 'Mean temperature by month', exact: true });
  const dated = chart.getByText(/^Data of \d/).filter({ visible: true });
  await expect(dated).toHaveCount(0);
  await menu(page, 'Mean temperature by month').click();
  await expect(dated).toHaveCount(1);
  await page.emulateMedia({ media: 'print' });
  await expect(dated).toHaveCount(1);
});

test('on paper there are no menus', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: WEATHER });
  await visitor.open(WEATHER);
  await expect(menu(page, 'Mean temperature by month')).toBeVisible();
  await page.emulateMedia({ media: 'print' });
  await expect(menu(page, 'Mean temperature by month')).toBeHidden();
  await page.pdf({ path: 'artefacts/exports/weather.pdf', format: 'A4' });
});

const appearances = ['light', 'dark'].flatMap((colorScheme) =>
  [1280, 360].map((width) => ({ colorScheme, viewport: { width, height: 800 } })),
);

for (const appearance of appearances) {
  const label = `${appearance.colorScheme}-${appearance.viewport.width}`;

  test.describe(`The menus of panels in ${label}`, () => {
    test.use(appearance);

    test('look right', { tag: '@script' }, async ({ page, visitor }) => {
      await visitor.signIn(wren, { from: WEATHER });
      await visitor.open(WEATHER);
      for (const title of ['Extremes', 'Mean temperature by month', 'Daily observations']) {
        await menu(page, title).click();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect.soft(violations.map(({ id }) => id), `${title}: what axe found`).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect.soft(overflow, `${title}: pixels that stick out`).toBeLessThanOrEqual(0);
        const name = title.split(' ')[0].toLowerCase();
        await page.screenshot({ path: `artefacts/exports/${name}-${label}.png`, fullPage: true });
      }
      await visitor.open(`${WEATHER}/panels/temperature`);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect.soft(violations.map(({ id }) => id), 'by itself: what axe found').toEqual([]);
      await page.screenshot({ path: `artefacts/exports/alone-${label}.png`, fullPage: true });
    });
  });
}
