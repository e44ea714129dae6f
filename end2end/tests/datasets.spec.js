// Data sets: their pages, row rules, versions and deletion, with and without JavaScript.
import AxeBuilder from '@axe-core/playwright';

import { makeDashboard, makeDataSet } from '../support/data.js';
import { expect, test } from '../support/fixtures.js';

const DATASETS = '/datasets';
const ROWS = 'day,region,amount\n2026-01-02,North,120.50\n2026-01-05,South,80\n2026-01-06,South,\n';

/** The part of the page with the heading `name`. */
const part = (page, name) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) });

/** Adds the rule that a row's region must be among these values, for everybody below Admin. */
async function addRule(page, values) {
  await page.getByLabel('Column', { exact: true }).selectOption('region');
  await page.getByLabel('must be').selectOption('values');
  await page.getByLabel(/^Values, one a line/).fill(values.join('\n'));
  await page.getByLabel('Does not apply to').selectOption('admin');
  await page.getByRole('button', { name: 'Add rule' }).press('Enter');
}

test('the list links to a data set, and its page shows the content', async ({ page, visitor }) => {
  const name = await makeDataSet(page, visitor, ROWS);
  await visitor.open(DATASETS);
  const row = page.getByRole('row', { name: new RegExp(name) });
  await expect(row).toContainText('Uploaded');
  await row.getByRole('link').press('Enter');
  await page.waitForURL(`**${DATASETS}/${name}`);
  await expect(part(page, 'The first rows')).toContainText('120.5');
  await expect(part(page, 'Columns').getByRole('row', { name: /amount/ })).toContainText('decimal');
  await expect(page.getByText('No dashboard that you can open shows it.')).toBeVisible();
  await page.getByLabel('Title', { exact: true }).fill('Sales of the year');
  await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Sales of the year' })).toBeVisible();
});

test('a row rule is made, tried as another person, changed and removed', async ({ page, visitor }) => {
  await makeDataSet(page, visitor, ROWS);
  await addRule(page, ['South']);
  const rules = part(page, 'Who sees which rows');
  await expect(rules).toContainText('one of South');
  await expect(part(page, 'The first rows')).not.toContainText('North');
  await page.getByRole('combobox', { name: 'Role', exact: true }).selectOption('admin');
  await page.getByRole('button', { name: 'Show', exact: true }).press('Enter');
  await expect(part(page, 'See what somebody would see')).toContainText('North');
  await page.getByRole('link', { name: 'Change rule 1' }).press('Enter');
  await page.getByLabel(/^Values, one a line/).fill('North');
  await page.getByRole('button', { name: 'Save rule' }).press('Enter');
  await expect(rules).toContainText('one of North');
  await page.getByRole('button', { name: 'Remove rule 1' }).press('Enter');
  await expect(rules).toContainText('Everybody with the role sees every row');
});

test('a data set is deleted by typing its name, and restored', async ({ consoleWatch, page, visitor }) => {
  consoleWatch.expectStatus(422);
  const name = await makeDataSet(page, visitor, ROWS);
  const remove = async (text) => {
    await page.getByLabel(/^To delete it, write its name/).fill(text);
    await page.getByRole('button', { name: 'Delete this data set' }).press('Enter');
  };
  await remove('something else');
  await expect(page.getByRole('heading', { name: 'This cannot be used' })).toBeVisible();
  await visitor.open(`${DATASETS}/${name}`);
  await remove(name);
  await page.waitForURL(`**${DATASETS}`);
  await page.locator('summary').filter({ hasText: 'Deleted' }).press('Enter');
  await page.getByRole('button', { name: `Restore ${name}` }).press('Enter');
  await page.waitForURL(`**${DATASETS}/${name}`);
});

for (const timezoneId of ['America/Los_Angeles', 'Pacific/Auckland']) {
  test.describe(`In ${timezoneId}`, () => {
    test.use({ timezoneId });

    // Case: data/date-as-it-is
    test('days are those of the file', async ({ page, visitor }) => {
      const name = await makeDashboard(page, visitor, 'day,region,amount\n2026-03-01,North,1\n2026-03-01,South,2\n', 'days');
      for (const [path, table] of [[`${DATASETS}/${name}`, part(page, 'The first rows')], [`/dashboards/${name}`, page.locator('#rows')]]) {
        await visitor.open(path);
        await expect(table).toContainText('2026-03-01');
        await expect(table).not.toContainText('2026-02-28');
        await expect(table).not.toContainText('2026-03-02');
      }
    });
  });
}

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 360]) {
    test.describe(`In ${colorScheme} at ${width} px`, { tag: '@script' }, () => {
      test.use({ colorScheme, viewport: { width, height: 800 }, reducedMotion: 'reduce' });

      test('the pages of data sets are accessible and fit', async ({ page, visitor }) => {
        const inspect = async (name) => {
          await page.screenshot({ path: `artefacts/${name}-${colorScheme}-${width}.png`, fullPage: true });
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect.soft(violations.map(({ id }) => id), `${name}: what axe found`).toEqual([]);
          const overflow = await page.evaluate(() => document.body.scrollWidth - document.documentElement.clientWidth);
          expect.soft(overflow, `${name}: pixels that stick out to the right`).toBeLessThanOrEqual(0);
        };
        await makeDataSet(page, visitor, ROWS);
        await inspect('dataset');
        await addRule(page, ['South']);
        await page.getByRole('button', { name: 'Show', exact: true }).click();
        await inspect('dataset-with-rule');
        await visitor.open(DATASETS);
        await inspect('datasets');
      });
    });
  }
}
