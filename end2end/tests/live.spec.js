// Open pages: they show new data automatically, do not disturb a person's work, and end with the session.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from '../support/fixtures.js';
import { reed, wren } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { Visitor } from '../support/visitor.js';

const run = promisify(execFile);
const DASHBOARD = `format = 1
title = "Sales"
[[filters]]
id = "amount"
kind = "values"
column = "amount"
[[panels]]
id = "sum"
title = "Sum"
kind = "figure"
dataset = "sales"
measures = [{ compute = "sum", of = "amount" }]
[[panels]]
id = "days"
title = "By day"
kind = "line"
dataset = "sales"
measures = [{ compute = "sum", of = "amount" }]
by = { column = "day", step = "day" }
[[panels]]
id = "rows"
title = "All sales"
kind = "table"
dataset = "sales"
columns = [{ column = "day" }, { column = "amount" }]
[[panels]]
id = "note"
title = "Note"
kind = "note"
`;

/** A Rolecall with a dashboard of sales. `sell` adds sales, as another program does. */
const live = test.extend({
  sales: async ({ browser }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'rolecall-live-'));
    await mkdir(join(folder, 'dashboards'));
    await writeFile(join(folder, 'dashboards/sales.toml'), DASHBOARD);
    const app = await Rolecall.start({ settings: { ROLECALL_CONFIG_DIR: folder } });
    const bring = async (rows, ...options) => {
      const file = join(folder, 'sales.csv');
      await writeFile(file, `day,amount\n${rows}`);
      await run(Rolecall.program, ['import', file, '--name', 'sales', ...options], { env: app.environment });
    };
    await bring('2026-01-01,1\n2026-01-02,2\n');
    const context = await browser.newContext({ baseURL: app.origin });
    const page = await context.newPage();
    await use({ app, context, page, sell: (rows) => bring(rows, '--append') });
    await context.close();
    await app.stop();
  },
});

/** Opens the dashboard as `person`. Properties set on the window are lost if the page is reloaded. */
async function open({ page }, person) {
  const visitor = new Visitor(page, { scripted: true });
  await visitor.signIn(person, { from: '/dashboards/sales' });
  await page.evaluate(() => (window.isTheSame = true));
}

const isTheSame = (page) => page.evaluate(() => window.isTheSame === true);
const panel = (page, id) => page.locator(`#${id}`);

// Case: live/page
live('new rows appear in every panel of an open page @script', async ({ sales }) => {
  const { page, sell } = sales;
  await open(sales, reed);
  await expect(panel(page, 'sum')).toContainText('3');
  const asked = [];
  page.on('request', (request) => asked.push(request));
  await sell('2026-01-03,40\n');
  await expect(panel(page, 'sum')).toContainText('43');
  await expect(panel(page, 'rows')).toContainText('40');
  await expect(panel(page, 'days').locator('.values tbody tr, .readings tbody tr')).toHaveCount(3);
  expect(await isTheSame(page)).toBe(true);
  // One request fetched the page for all panels, without extending the session.
  const fetched = asked.filter((request) => new URL(request.url()).pathname === '/dashboards/sales');
  expect(fetched).toHaveLength(1);
  expect(fetched[0].headers()['rolecall-unasked']).toBe('0');
  // The chart with new content still handles keys.
  const plot = panel(page, 'days').getByRole('slider');
  await plot.focus();
  await expect(plot).toHaveAttribute('aria-valuetext', /40/);
  await plot.press('Home');
  await expect(plot).toHaveAttribute('aria-valuetext', /: .*1$/);
  // So does the table.
  await panel(page, 'rows').getByRole('link', { name: 'amount' }).click();
  await expect(panel(page, 'rows').locator('tbody tr').first()).toContainText('1');
  await expect(page).toHaveURL(/rows\.sort=/);
});

// Case: live/page
live('a panel in use is not replaced until the person is done @script', async ({ sales }) => {
  const { page, sell } = sales;
  await open(sales, reed);
  const plot = panel(page, 'days').getByRole('slider');
  await plot.focus();
  await plot.press('Home');
  await sell('2026-01-03,40\n');
  await expect(panel(page, 'sum')).toContainText('43');
  await expect(panel(page, 'days')).toHaveClass(/has-news/);
  await expect(plot).toBeFocused();
  await expect(plot).toHaveAttribute('aria-valuemax', '2');
  await plot.blur();
  await expect(panel(page, 'days').getByRole('slider')).toHaveAttribute('aria-valuemax', '3');
  await expect(panel(page, 'days')).not.toHaveClass(/has-news/);
});

// Case: live/page
live('opened parts stay open, and the focus is kept @script', async ({ sales }) => {
  const { page, sell } = sales;
  await open(sales, wren);
  const values = panel(page, 'days').locator('.values');
  await values.locator('summary').click();
  await page.getByRole('heading', { level: 1 }).click();
  await sell('2026-01-03,40\n');
  await expect(values.locator('tbody tr')).toHaveCount(3);
  await expect(values.getByRole('table')).toBeVisible();
  // After a renewed sign-in everything is new.
  const forget = () => page.locator('.panels').evaluate((panels) => (panels.dataset.stamps = ''));
  const note = page.getByRole('textbox');
  await note.fill('Half a thought');
  await forget();
  await sell('2026-01-04,50\n');
  await expect(panel(page, 'sum')).toContainText('93');
  await expect(note).toBeFocused();
  await expect(note).toHaveValue('Half a thought');
  await expect(values.getByRole('table')).toBeVisible();
  const plot = panel(page, 'days').getByRole('slider');
  await plot.focus();
  await forget();
  await sell('2026-01-05,60\n');
  await expect(panel(page, 'sum')).toContainText('153');
  await expect(plot).toBeFocused();
  await expect(plot).toHaveAttribute('aria-valuemax', '5');
  const back = page.getByRole('main').getByRole('link', { name: 'Dashboards', exact: true });
  await back.focus();
  await forget();
  await sell('2026-01-06,70\n');
  await expect(panel(page, 'sum')).toContainText('223');
  await expect(back).toBeFocused();
});

// Case: live/page
live('a removed panel is no longer waited for @script', async ({ sales }) => {
  const { page, context } = sales;
  await open(sales, wren);
  await page.getByRole('textbox').fill('Mine, not saved yet.');
  const other = await context.newPage();
  await other.goto('/dashboards/sales');
  await other.locator('html[data-hydrated]').waitFor({ state: 'attached' });
  await other.getByRole('textbox').fill('The scale is broken.');
  await other.getByRole('button', { name: 'Save note' }).click();
  await expect(panel(page, 'note')).toHaveClass(/has-news/);
  /** How many times the script checks whether a panel is free, in a second and a half. */
  const looks = () =>
    page.evaluate(async () => {
      const original = window.setTimeout;
      let count = 0;
      window.setTimeout = (then, ms, ...others) => {
        count += ms === 500;
        return original(then, ms, ...others);
      };
      await new Promise((resolve) => original(resolve, 1_500));
      window.setTimeout = original;
      return count;
    });
  expect(await looks()).toBeGreaterThan(0);
  await panel(page, 'note').evaluate((note) => note.remove());
  await expect.poll(looks).toBe(0);
});

// Case: live/page
live('the filters stay while somebody chooses, and then offer what is new @script', async ({ sales }) => {
  const { page, sell } = sales;
  await open(sales, reed);
  const summary = page.locator('.filter summary');
  const value = (of) => page.getByRole('checkbox', { name: of, exact: true });
  await summary.click();
  await sell('2026-01-03,40\n');
  await expect(panel(page, 'sum')).toContainText('43');
  await expect(value('2')).toBeVisible();
  await expect(value('40')).toHaveCount(0);
  await page.getByRole('heading', { level: 1 }).click();
  await expect(page.locator('.filters input[value="40"]')).toHaveCount(1);
  expect(await isTheSame(page)).toBe(true);
  // The new filters work like the old ones.
  await summary.click();
  await value('40').check();
  await expect(page).toHaveURL(/amount=40/);
  await expect(panel(page, 'sum')).toContainText('40');
});

// Case: live/notes
live('a note that somebody saves appears on other pages, but not over what is being written @script', async ({ sales }) => {
  const { page, context } = sales;
  await open(sales, wren);
  const [reading, writing] = [await context.newPage(), await context.newPage()];
  for (const other of [reading, writing]) {
    await other.goto('/dashboards/sales');
    await other.locator('html[data-hydrated]').waitFor({ state: 'attached' });
  }
  await writing.getByRole('textbox').fill('Mine, not saved yet.');
  await page.getByRole('textbox').fill('The scale is broken.');
  await page.getByRole('button', { name: 'Save note' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved by' })).toBeVisible();
  await expect(reading.getByRole('textbox')).toHaveValue('The scale is broken.');
  await expect(panel(writing, 'note')).toHaveClass(/has-news/);
  await expect(writing.getByRole('textbox')).toHaveValue('Mine, not saved yet.');
  // The new text can be edited, and reaches the first page, which saved before.
  await reading.getByRole('textbox').fill('It is mended.');
  await reading.getByRole('button', { name: 'Save note' }).click();
  await page.getByRole('heading', { level: 1 }).click();
  await expect(page.getByRole('textbox')).toHaveValue('It is mended.');
});

// Case: live/signed-out
live('an open page shows nothing any more after a sign-out elsewhere, but what was typed @script', async ({ sales }) => {
  const { page, context } = sales;
  await open(sales, wren);
  await page.getByRole('main').getByRole('textbox').fill('Not saved yet.');
  // A hidden page asks for nothing, so the other one is in its own window.
  const other = await context.newPage();
  await other.goto('/account');
  await new Visitor(other, { scripted: true }).askToSignOut();
  await other.waitForURL(/signed-out|demo/);
  await page.bringToFront();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You are signed out');
  await expect(page.getByRole('main')).not.toContainText('By day');
  await expect(page.getByLabel('Not saved')).toHaveValue('Not saved yet.');
  await expect(page.getByRole('link', { name: 'Sign in again' })).toHaveAttribute('href', /return_to=%2Fdashboards%2Fsales/);
});

live('a lost connection is said, and comes back by itself @script', async ({ sales }) => {
  const { page, app, sell } = sales;
  await page.clock.install();
  await open(sales, reed);
  await expect(panel(page, 'sum')).toContainText('3');
  await page.route('**/live?*', (route) => route.abort());
  await app.restart();
  await expect(async () => {
    await page.clock.fastForward(15_000);
    await expect(page.locator('#live-status')).toContainText('Nothing new has come since', { timeout: 500 });
  }).toPass();
  await sell('2026-01-03,40\n');
  await page.unroute('**/live?*');
  await expect(async () => {
    await page.clock.fastForward(60_000);
    await expect(panel(page, 'sum')).toContainText('43', { timeout: 500 });
  }).toPass();
  await expect(page.locator('#live-status')).toHaveCount(0);
  expect(await isTheSame(page)).toBe(true);
});

// Case: dashboards/late-one-by-one
test('panels that take longer than the page waits appear automatically @script', async ({ browser }) => {
  const folder = await mkdtemp(join(tmpdir(), 'rolecall-late-'));
  await mkdir(join(folder, 'dashboards'));
  const groups = Array.from({ length: 8 }, (_, number) => number + 2);
  const panels = groups.map((parts) => `[[panels]]
id = "by-${parts}"
title = "By the ${parts}th part"
kind = "bar"
dataset = "sales"
measures = [{ compute = "median", of = "amount" }, { compute = "distinct", of = "amount" }]
by = { column = "by${parts}" }
`);
  await writeFile(join(folder, 'dashboards/sales.toml'), `format = 1\ntitle = "Sales"\n${panels.join('')}`);
  const settings = { ROLECALL_CONFIG_DIR: folder, ROLECALL_DASHBOARDS__PAGE_WAIT: '100ms' };
  const app = await Rolecall.start({ settings });
  // So many that no query finishes within a tenth of a second, but none takes long.
  const rows = Array.from({ length: 100_000 }, (_, row) => [row, ...groups.map((parts) => `g${row % parts}`)].join());
  const file = join(folder, 'sales.csv');
  await writeFile(file, `amount,${groups.map((parts) => `by${parts}`)}\n${rows.join('\n')}\n`);
  await run(Rolecall.program, ['import', file, '--name', 'sales'], { env: app.environment });
  const context = await browser.newContext({ baseURL: app.origin });
  const page = await context.newPage();
  await new Visitor(page, { scripted: true }).signIn(reed, { from: '/account' });
  // Imports by another process are noticed within a second.
  await expect(async () => {
    const first = await (await page.goto('/dashboards/sales')).text();
    expect(first).toContain('This takes longer than usual.');
  }).toPass();
  await page.evaluate(() => (window.isTheSame = true));
  for (const parts of groups) {
    await expect(panel(page, `by-${parts}`).locator('.values tbody tr')).toHaveCount(parts);
    await expect(panel(page, `by-${parts}`)).not.toContainText('This takes longer');
  }
  await expect(page.locator('.panels')).not.toHaveAttribute('data-stamps', /:late/);
  expect(await isTheSame(page)).toBe(true);
  await context.close();
  await app.stop();
});
