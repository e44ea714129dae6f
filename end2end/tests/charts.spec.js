// Charts and the pointer.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from '../support/fixtures.js';
import { reed } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { Visitor } from '../support/visitor.js';

const OPERATOR = 'EXPRESSJET (CONTINENTAL EXPRS)';
const AIRPORT = 'DALLAS/FORT WORTH INTL ARPT';
// The bars of airports are links, those of operators are not.
const DASHBOARD = `format = 1
title = "Names"
[[filters]]
id = "airport"
kind = "values"
column = "Airport Name"
[[panels]]
id = "operators"
title = "Operators"
kind = "bar"
dataset = "bird-strikes"
measures = [{ compute = "count" }]
by = { column = "Aircraft Airline Operator" }
filters = [{ column = "Aircraft Airline Operator", is = ["AMERICAN EAGLE AIRLINES", "${OPERATOR}"] }]
horizontal = true
[[panels]]
id = "airports"
title = "Airports"
kind = "bar"
dataset = "bird-strikes"
measures = [{ compute = "count" }]
by = { column = "Airport Name" }
filters = [{ column = "Airport Name", is = ["BARKSDALE AIR FORCE BASE ARPT", "${AIRPORT}"] }]
horizontal = true
`;

/** A narrow page with horizontal bars whose names are cut. */
const narrow = test.extend({
  names: async ({ browser }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'rolecall-names-'));
    await mkdir(join(folder, 'dashboards'));
    await writeFile(join(folder, 'dashboards/names.toml'), DASHBOARD);
    const app = await Rolecall.start({ settings: { ROLECALL_CONFIG_DIR: folder } });
    const context = await browser.newContext({ baseURL: app.origin, viewport: { width: 600, height: 900 } });
    const page = await context.newPage();
    await new Visitor(page, { scripted: true }).signIn(reed, { from: '/dashboards/names' });
    await use(page);
    await context.close();
    await app.stop();
  },
});

/** The cut name in the panel `id`, whose tooltip is the whole name. */
const cut = (page, id, whole) =>
  page.locator(`#${id} text.names-short`).filter({ has: page.locator('title', { hasText: whole }) });

/** The topmost element in the middle of `name`: its tooltip, and whether it is a link. */
function onTop(name) {
  const { x, y, width, height } = name.getBoundingClientRect();
  const found = document.elementFromPoint(x + width / 2, y + height / 2);
  return { title: found.querySelector(':scope > title')?.textContent, isLink: found.closest('a') !== null };
}

// Case: panel/names-beside-bars
narrow('a cut name has the whole name as its tooltip @script', async ({ names: page }) => {
  for (const [id, whole, isLink] of [
    ['operators', OPERATOR, false],
    ['airports', AIRPORT, true],
  ]) {
    const name = cut(page, id, whole);
    await expect(name).toBeVisible();
    await expect(name).toContainText('…');
    await name.scrollIntoViewIfNeeded();
    expect(await name.evaluate(onTop)).toEqual({ title: whole, isLink });
    // The values of its bar are shown, as they are over the bar itself.
    const box = await name.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await expect(page.locator(`#${id} .readout-point`)).toHaveText(whole);
  }
});
