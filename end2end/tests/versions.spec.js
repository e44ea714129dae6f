// Earlier versions of a data set and of a dashboard: viewed, and restored by a click.
import { makeDataSet, send } from '../support/data.js';
import { expect, test } from '../support/fixtures.js';

const BEFORE = 'day,region,amount\n2026-01-02,North,120.50\n2026-02-05,South,80\n2026-02-06,South,7\n';
const AFTER = 'day,region,amount\n2026-03-01,West,5\n';
const button = (page, name) => page.getByRole('button', { name, exact: true });
const link = (page, name) => page.getByRole('link', { name, exact: true });

// Case: datasets/restore-version
test('an earlier version of a data set is found in the list and restored', async ({ page, visitor }) => {
  const name = await makeDataSet(page, visitor, BEFORE, 'versions');
  await link(page, 'Replace all rows').click();
  await send(page, 'all.csv', AFTER);
  await button(page, `Replace the rows of ${name}`).click();
  await page.waitForURL(`**/datasets/${name}?imported=2`);
  const versions = page.getByRole('region', { name: 'Table of versions' });
  await expect(page.getByRole('main')).toContainText('West');
  await expect(page.getByRole('main')).not.toContainText('North');
  await expect(versions.getByRole('row').filter({ has: button(page, 'Restore version 1') })).toContainText('Wren');
  await expect(versions.getByRole('row').filter({ hasText: 'current' })).toHaveCount(1);

  await button(page, 'Restore version 1').click();
  await page.waitForURL(`**/datasets/${name}`);
  await expect(page.getByRole('main')).toContainText('North');
  await expect(page.getByRole('main')).not.toContainText('West');
  await expect(versions.getByRole('row').filter({ hasText: 'current' })).toContainText('(rows of version 1)');
  // The same holds for dashboards, and the version in between can be restored as well.
  await expect(button(page, 'Restore version 2')).toBeVisible();
});

test('an earlier version of a dashboard is viewed and restored', async ({ page, visitor }) => {
  const edit = `/dashboards/${await makeDataSet(page, visitor, BEFORE, 'versions')}/edit`;
  await link(page, 'Make a dashboard').click();
  await button(page, 'Make this dashboard').click();
  await page.waitForURL(`**${edit}`);
  await link(page, 'Edit “amount by region”').click();
  await page.getByLabel('Title', { exact: true }).fill('What was sold where');
  await button(page, 'Save panel').click();
  await page.waitForURL(`**${edit}#edit-breakdown`);
  await expect(page.getByRole('heading', { name: 'What was sold where' })).toBeVisible();

  await link(page, 'History (2)').click();
  await page.waitForURL('**/history');
  await link(page, 'Look at version 1').click();
  await page.waitForURL('**/history/1');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Version 1 of “.+”$/);
  await expect(page.getByRole('heading', { name: 'amount by region' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'What changed since' }).first()).toContainText('What was sold where');

  await button(page, 'Restore version 1').click();
  await page.waitForURL(/\?done=3(&at=\d+)?#done$/);
  await expect(page.locator('#done')).toContainText('Restored version 1');
  await link(page, 'Done').click();
  await expect(page.getByRole('heading', { name: 'amount by region' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'What was sold where' })).toHaveCount(0);
  await visitor.open(edit.replace(/edit$/, 'history'));
  await expect(page.getByRole('row').filter({ hasText: 'Restored version 1' })).toContainText('current');
  await expect(button(page, 'Restore version 2')).toBeVisible();
});
