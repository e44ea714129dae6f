// Filters of a whole dashboard: by form, by link and by clicks on a chart.
import AxeBuilder from '@axe-core/playwright';

import { panels } from '../support/dashboard.js';
import { expect, test } from '../support/fixtures.js';
import { reed, wren } from '../support/people.js';
import { Visitor, paths } from '../support/visitor.js';

const birds = '/dashboards/bird-strikes';
const summary = (page, name) => page.locator('.filter summary').filter({ hasText: name });
const inForce = (page) => page.getByRole('list', { name: 'Filters in force' });
const figure = (page, name) => page.getByRole('figure', { name, exact: true });

/** Ticks the box of a value; without JavaScript, a button then applies it. */
async function tick(page, filter, value, scripted) {
  await summary(page, filter).click();
  const choices = page.locator('.filter').filter({ has: page.locator('summary', { hasText: filter }) });
  await choices.getByRole('checkbox', { name: value, exact: true }).check();
  if (!scripted) await choices.getByRole('button', { name: 'Apply' }).click();
}

test('are set by form, and a fresh browser shows the same by the link', async ({ page, visitor, browser, scripted, baseURL }) => {
  await visitor.signIn(wren, { from: `${paths.weather}?table.sort=-temp_max&table.page=2` });
  await tick(page, 'City', 'Seattle', scripted);
  await page.waitForURL((url) => url.searchParams.get('city') === 'Seattle');
  const { table } = panels(page);
  await expect(table.getByRole('caption')).toHaveText('1,461 rows');
  await expect(table.getByRole('status')).toHaveText(/^Page 1 of/);
  await expect(inForce(page)).toContainText('City: Seattle');
  const link = new URL(page.url());
  expect(Object.fromEntries(link.searchParams)).toMatchObject({ city: 'Seattle', 'table.sort': '-temp_max' });
  expect(link.searchParams.has('table.page')).toBe(false);

  const context = await browser.newContext({ baseURL, javaScriptEnabled: scripted });
  const other = await context.newPage();
  await new Visitor(other, { scripted }).signIn(wren, { from: link.pathname + link.search });
  await expect(panels(other).table.getByRole('caption')).toHaveText('1,461 rows');
  await expect(inForce(other)).toContainText('City: Seattle');
  await summary(other, 'City').click();
  await expect(other.getByRole('checkbox', { name: 'Seattle', exact: true })).toBeChecked();
  await context.close();

  await inForce(page).getByRole('link', { name: 'Remove the filter City: Seattle' }).click();
  await expect(table.getByRole('caption')).toHaveText('2,922 rows');
});

test('stay while the table is turned and sorted', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: `${paths.weather}?city=Seattle&period=last_year` });
  const { table } = panels(page);
  await expect(table.getByRole('caption')).toHaveText('365 rows');
  await table.getByRole('link', { name: 'Next' }).click();
  await expect(table.getByRole('status')).toHaveText(/^Page 2 of 19/);
  await table.getByRole('columnheader', { name: /^Highest/ }).getByRole('link').click();
  await expect(table.getByRole('columnheader', { name: /^Highest/ })).toHaveAttribute('aria-sort', 'ascending');
  await expect(table.getByRole('status')).toHaveText(/^Page 1 of 19/);
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toMatchObject({ city: 'Seattle', period: 'last_year' });
  await expect(table.locator('tbody')).not.toContainText('New York');
});

test('accept a range by its name, and any other by its days', async ({ page, visitor, scripted }) => {
  await visitor.signIn(reed, { from: paths.weather });
  await summary(page, 'Day').click();
  await page.getByRole('link', { name: 'Last 30 days' }).click();
  await expect(inForce(page)).toContainText('Day: 2015-12-02 to 2015-12-31');
  await summary(page, 'Day').click();
  const [from, to] = [page.getByLabel('From day'), page.getByLabel('To day')];
  await from.fill('2013-07-01');
  await to.fill('2013-07-31');
  if (scripted) await to.press('Enter');
  else await page.locator('.filter details[open]').getByRole('button', { name: 'Apply' }).click();
  await expect(inForce(page)).toContainText('Day: 2013-07-01 to 2013-07-31');
  await expect(panels(page).figures).toContainText('New York, 2013-07-18');
  // A reversed range is reported, and everything is shown. The input is kept, to be corrected.
  await visitor.open(`${paths.weather}?period.from=2014-01-02&period.to=2014-01-01`);
  await expect(page.locator('.filters .bad')).toContainText('before it begins on 2014-01-02');
  await summary(page, 'Day').click();
  await expect(page.getByLabel('From day')).toHaveValue('2014-01-02');
  await expect(page.getByLabel('To day')).toHaveValue('2014-01-01');
});

test('replace a range by days, once both are typed', async ({ page, visitor, scripted }) => {
  await visitor.signIn(reed, { from: `${paths.weather}?period=last_year` });
  await summary(page, 'Day').click();
  await page.getByLabel('From day').fill('2013-07-01');
  await page.getByLabel('To day').fill('2013-07-31');
  if (scripted) await page.getByRole('heading', { level: 1 }).click();
  else await page.locator('.filter details[open]').getByRole('button', { name: 'Apply' }).click();
  await expect(inForce(page)).toContainText('Day: 2013-07-01 to 2013-07-31');
  await expect(page.locator('.filters .bad')).toHaveCount(0);
  if (scripted) expect([...new URL(page.url()).searchParams.keys()]).toEqual(['period.from', 'period.to']);
});

test('let people choose the days that figures are compared with', async ({ page, visitor, scripted }) => {
  await visitor.signIn(reed, { from: `${paths.weather}?period.from=2013-07-01&period.to=2013-07-31` });
  const { figures } = panels(page);
  await expect(figures).toContainText('New York, 2013-07-18');
  await expect(figures).not.toContainText('against');
  const compared = page.getByLabel('Compared with', { exact: true });
  const choose = async (name) => {
    await compared.selectOption(name);
    if (!scripted) await page.locator('.filter details[open]').getByRole('button', { name: 'Apply' }).click();
  };
  await summary(page, 'Day').click();
  await choose('A year before');
  await expect(figures).toContainText('against 2012-07-01 to 2012-07-31');
  await expect(inForce(page)).toContainText('Day, compared with: A year before');
  expect(new URL(page.url()).searchParams.get('period.compared')).toBe('year_before');
  // With JavaScript, open parts are opened again.
  if (!scripted) await summary(page, 'Day').click();
  await expect(compared).toHaveValue('year_before');
  await choose('As usual');
  await expect(figures).not.toContainText('against');
  await expect(inForce(page)).toContainText('Day: 2013-07-01 to 2013-07-31');
  // All days have no year before: a sentence says so, and the choice is kept for other days.
  await visitor.open(`${paths.weather}?period.compared=year_before`);
  await expect(page.locator('.filters .bad')).toContainText('needs a range with a first and a last day');
  await summary(page, 'Day').click();
  await expect(page.locator('.filter-choices').getByText('Choose a first and a last day first.')).toBeVisible();
  await expect(compared).toHaveAccessibleDescription('Choose a first and a last day first.');
  await page.getByRole('link', { name: 'The year before', exact: true }).click();
  await expect(figures).toContainText('against 2013-01-01 to 2013-12-31');
});

// Case: filters/comparison-by-keys
test('apply a comparison chosen by keyboard only with the button', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: `${paths.weather}?period.from=2013-07-01&period.to=2013-07-31` });
  const { figures } = panels(page);
  await expect(figures).toContainText('New York, 2013-07-18');
  await summary(page, 'Day').press('Enter');
  const compared = page.getByLabel('Compared with', { exact: true });
  let loaded = 0;
  page.on('request', (request) => (loaded += request.isNavigationRequest()));
  await page.clock.install();
  for (const name of ['period_before', 'year_before']) {
    await compared.press('ArrowDown');
    await expect(compared).toHaveValue(name);
    await page.clock.runFor(5_000);
  }
  await expect(compared).toBeFocused();
  expect(loaded, 'pages that keys have loaded').toBe(0);
  await page.clock.resume();
  await page.locator('.filter details[open]').getByRole('button', { name: 'Apply' }).press('Enter');
  await expect(figures).toContainText('against 2012-07-01 to 2012-07-31');
  expect(loaded).toBe(1);
});

test('follow a click on a legend key, and are removed by a second one', async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  const chart = figure(page, 'Mean temperature by month');
  await chart.getByRole('link', { name: 'Filter by Seattle' }).click();
  await expect(inForce(page)).toContainText('City: Seattle');
  await expect(chart.locator('.key')).toHaveCount(1);
  await chart.getByRole('link', { name: 'Do not filter by Seattle' }).click();
  await expect(chart.locator('.key')).toHaveCount(2);
  await expect(inForce(page)).toHaveCount(0);
});

test('follow a click on a bar, also by keyboard', async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: birds });
  const phases = figure(page, 'Phase of flight');
  await phases.getByRole('link', { name: 'Filter by Climb' }).click();
  await expect(inForce(page)).toContainText('Phase of flight: Climb');
  await expect(phases.locator('.values tbody tr')).toHaveCount(1);
  const again = phases.getByRole('link', { name: 'Do not filter by Climb' });
  await again.focus();
  await page.keyboard.press('Enter');
  await expect(inForce(page)).toHaveCount(0);
});

test('keep the values under the pointer readable', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: birds });
  const phases = figure(page, 'Phase of flight');
  for (const name of ['Taxi', 'Approach']) {
    await phases.getByRole('link', { name: `Filter by ${name}` }).hover();
    await expect(phases.locator('.readout-point')).toHaveText(name);
  }
});

test.describe('by touch', () => {
  test.use({ hasTouch: true });

  test('show the values of a bar at the first tap, and filter at the second', { tag: '@script' }, async ({ page, visitor }) => {
    await visitor.signIn(reed, { from: birds });
    const phases = figure(page, 'Phase of flight');
    const bar = phases.getByRole('link', { name: 'Filter by Climb' });
    await bar.tap();
    await expect(phases.locator('.readout-point')).toHaveText('Climb');
    await expect(inForce(page)).toHaveCount(0);
    await bar.tap();
    await expect(inForce(page)).toContainText('Phase of flight: Climb');
  });
});

test('find a value among many', async ({ page, visitor, scripted }) => {
  await visitor.signIn(reed, { from: birds });
  await summary(page, 'Airport').click();
  const choices = page.locator('.filter').filter({ has: page.locator('summary', { hasText: 'Airport' }) });
  await expect(choices.getByRole('checkbox')).toHaveCount(25);
  await choices.getByRole('searchbox').fill('teterb');
  // With JavaScript it is found while the person types, on the same page.
  if (!scripted) await choices.getByRole('searchbox').press('Enter');
  await expect(choices.getByRole('checkbox', { name: 'TETERBORO AIRPORT', exact: true })).toBeVisible();
  await expect(choices.getByRole('status')).toHaveText('1 found');
  if (scripted) {
    expect(new URL(page.url()).search).toBe('');
    await choices.getByRole('searchbox').fill('no such airport');
    await expect(choices.getByRole('status')).toHaveText('There are no such values.');
    await choices.getByRole('searchbox').fill('');
    await expect(choices.getByRole('checkbox')).toHaveCount(25);
    await choices.getByRole('searchbox').fill('teterb');
  }
  await choices.getByRole('checkbox', { name: 'TETERBORO AIRPORT', exact: true }).check();
  if (!scripted) await choices.getByRole('button', { name: 'Apply' }).click();
  await expect(inForce(page)).toContainText('Airport: TETERBORO AIRPORT');
});

test('apply to the page of a single panel and to its files', async ({ page, visitor, context }) => {
  await visitor.signIn(reed, { from: `${paths.weather}?city=Seattle` });
  const chart = figure(page, 'Mean temperature by month');
  await chart.locator('.panel-menu summary').click();
  const file = await chart.getByRole('link', { name: 'Values (CSV)' }).getAttribute('href');
  const csv = await (await context.request.get(file)).text();
  expect(csv.split('\n')[0]).toContain('Seattle');
  expect(csv).not.toContain('New York');
  await chart.getByRole('link', { name: 'Large, with all values' }).click();
  await expect(inForce(page)).toContainText('City: Seattle');
  await page.getByRole('main').getByRole('link', { name: 'Weather in Seattle and New York' }).click();
  await expect(inForce(page)).toContainText('City: Seattle');
});

test('are printed', async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: `${paths.weather}?city=Seattle&period.from=2013-07-01&period.to=2013-07-31` });
  await page.emulateMedia({ media: 'print' });
  await expect(inForce(page)).toContainText('City: Seattle');
  for (const day of ['2013-07-01', '2013-07-31']) await expect(inForce(page).getByText(day, { exact: true })).toBeVisible();
  await expect(page.locator('.filter-bar')).toBeHidden();
});

test('close by Escape, and give the focus back', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(reed, { from: paths.weather });
  await summary(page, 'City').press('Enter');
  await expect(page.getByRole('checkbox', { name: 'Seattle', exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('checkbox', { name: 'Seattle', exact: true })).toBeHidden();
  await expect(summary(page, 'City')).toBeFocused();
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 360, 2560]) {
    test(`look right at ${width} pixels, ${colorScheme}`, { tag: '@script' }, async ({ page, visitor }) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await visitor.signIn(reed, { from: `${birds}?size=Large&phase=Climb&phase=Approach&state=Nowhere` });
      if (width === 2560) {
        const { width: main } = await page.getByRole('main').boundingBox();
        expect(main, 'how wide the dashboard is').toBeGreaterThan(2400);
      }
      const phase = summary(page, 'Phase of flight');
      await expect(phase).toHaveText('Phase of flight: Climb, Approach');
      if (width === 360) expect(await phase.evaluate((of) => of.scrollWidth - of.clientWidth), 'cut').toBeLessThanOrEqual(0);
      for (const open of [undefined, 'Day', 'State']) {
        if (open) await summary(page, open).click();
        const sticksOut = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect.soft(sticksOut, `${open}: how far the page sticks out`).toBeLessThanOrEqual(0);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect.soft(violations.map(({ id }) => id), `${open}: what axe found`).toEqual([]);
        await page.screenshot({ path: `artefacts/filters/${open ?? 'closed'}-${width}-${colorScheme}.png` });
      }
    });
  }
}
