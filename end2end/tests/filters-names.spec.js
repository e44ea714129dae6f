// Filters with ids that are also properties of a form: their fields must not break it.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '../support/fixtures.js';
import { reed } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { Visitor } from '../support/visitor.js';

const NAMES = ['action', 'closest', 'elements', 'length', 'matches', 'method', 'submit'];
const DASHBOARD = `format = 1
title = "Airports"
${NAMES.map((id) => `[[filters]]\nid = "${id}"\ntitle = "Filter ${id}"\nkind = "values"\ncolumn = "Airport Name"\n`).join('')}
[[panels]]
id = "rows"
title = "Reports"
kind = "table"
dataset = "bird-strikes"
columns = [{ column = "Airport Name" }]
`;

test('are searched and chosen whatever their id is', { tag: '@script' }, async ({ browser }) => {
  const folder = await mkdtemp(join(tmpdir(), 'rolecall-filters-'));
  await mkdir(join(folder, 'dashboards'));
  await writeFile(join(folder, 'dashboards/airports.toml'), DASHBOARD);
  const app = await Rolecall.start({ settings: { ROLECALL_CONFIG_DIR: folder } });
  try {
    const context = await browser.newContext({ baseURL: app.origin });
    const page = await context.newPage();
    await new Visitor(page, { scripted: true }).signIn(reed, { from: '/dashboards/airports' });
    for (const name of NAMES) {
      await page.locator('.filter summary').filter({ hasText: `Filter ${name}` }).click();
      const filter = page.locator('.filter').filter({ has: page.locator('summary', { hasText: `Filter ${name}` }) });
      await filter.getByRole('searchbox').fill('teterb');
      await expect(filter.getByRole('status'), name).toHaveText('1 found');
      await filter.getByRole('checkbox', { name: 'TETERBORO AIRPORT', exact: true }).check();
      await expect(page.getByRole('list', { name: 'Filters in force' })).toContainText(`Filter ${name}: TETERBORO AIRPORT`);
      expect(new URL(page.url()).searchParams.getAll(name)).toEqual(['TETERBORO AIRPORT']);
    }
    await context.close();
  } finally {
    await app.stop();
  }
});
