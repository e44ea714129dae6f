// Dashboards made in the browser: from a file to a page that others see, with and without JavaScript, and by two people
// at once.
import AxeBuilder from '@axe-core/playwright';

import { makeDashboard } from '../support/data.js';
import { expect, test } from '../support/fixtures.js';
import { reed } from '../support/people.js';
import { Visitor } from '../support/visitor.js';

const ROWS = 'day,region,amount\n2026-01-02,North,120.50\n2026-02-05,South,80\n2026-02-06,South,7\n';
const button = (page, name) => page.getByRole('button', { name, exact: true });

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    test.use({ javaScriptEnabled });

    test('a file becomes a dashboard, a panel is changed, and a reader sees it', async ({ page, visitor, browser, app }) => {
      const name = await makeDashboard(page, visitor, ROWS);
      await page.getByRole('link', { name: 'Edit “amount by region”' }).click();
      await page.getByLabel('Title', { exact: true }).fill('What was sold where');
      await page.getByLabel('Kind of panel').selectOption('groups');
      if (!javaScriptEnabled) await button(page, 'Show fields').click();
      await page.getByLabel('Add a row with the totals').check();
      if (javaScriptEnabled) {
        await expect(page.locator('#preview')).toContainText('207.5');
      } else {
        await button(page, 'Preview').click();
        await expect(page.locator('#preview')).toContainText('207.5');
      }
      await expect(page.getByLabel('Title', { exact: true })).toHaveValue('What was sold where');
      await button(page, 'Save panel').click();
      await page.waitForURL(`**/dashboards/${name}/edit#edit-breakdown`);
      await page.getByRole('link', { name: 'Done' }).click();
      await expect(page.getByRole('heading', { name: 'What was sold where' })).toBeVisible();

      const context = await browser.newContext({ baseURL: app.origin, javaScriptEnabled });
      const readers = await context.newPage();
      const reader = new Visitor(readers, { scripted: javaScriptEnabled });
      await reader.signIn(reed);
      await reader.open(`/dashboards/${name}`);
      await expect(readers.getByRole('heading', { name: 'What was sold where' })).toBeVisible();
      await expect(readers.getByRole('link', { name: 'Edit' })).toHaveCount(0);
      await context.close();
    });
  });
}

// Case: filters/permalink
test('a file becomes a dashboard, and a link to what was filtered there shows the same in a fresh browser', async ({ page, visitor, browser, app, scripted }) => {
  await makeDashboard(page, visitor, ROWS);
  await page.getByRole('link', { name: 'Done', exact: true }).click();
  const parts = (of) => ({
    bars: of.getByRole('figure', { name: 'amount by region', exact: true }),
    inForce: of.getByRole('list', { name: 'Filters in force' }),
    rows: of.getByRole('main').locator('#rows').getByRole('caption'),
  });
  const mine = parts(page);
  await expect(mine.rows).toHaveText('3 rows');
  await mine.bars.getByRole('link', { name: 'Filter by South' }).click();
  await expect(mine.inForce).toContainText('region: South');
  await expect(mine.rows).toHaveText('2 rows');
  const link = new URL(page.url());

  const context = await browser.newContext({ baseURL: app.origin, javaScriptEnabled: scripted });
  const other = await context.newPage();
  await new Visitor(other, { scripted }).signIn(reed, { from: link.pathname + link.search });
  const theirs = parts(other);
  await expect(theirs.inForce).toContainText('region: South');
  await expect(theirs.rows).toHaveText('2 rows');
  await expect(theirs.bars.getByRole('link', { name: 'Do not filter by South' })).toHaveCount(1);
  await context.close();
});

test('input while other fields are loading is kept, and they appear', { tag: '@script' }, async ({ page, visitor }) => {
  const name = await makeDashboard(page, visitor, ROWS);
  await page.goto(`/dashboards/${name}/edit/breakdown`);
  const title = page.getByLabel('Title', { exact: true });
  let letThrough;
  const isTyped = new Promise((resolve) => (letThrough = resolve));
  await page.route(/\/edit\/breakdown/, async (route) => {
    await isTyped;
    await route.continue();
  });
  const asked = page.waitForRequest((request) => request.method() === 'POST');
  await page.getByLabel('Kind of panel').selectOption('groups');
  await asked;
  await title.fill('Typed meanwhile');
  // The person corrects the middle of the text.
  await title.press('End');
  for (const _ of 'while') await title.press('ArrowLeft');
  letThrough();
  await expect(page.getByLabel('Add a row with the totals')).toBeVisible();
  await expect(title).toHaveValue('Typed meanwhile');
  await expect(title).toBeFocused();
  await page.keyboard.type('-');
  await expect(title).toHaveValue('Typed mean-while');
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    test.use({ javaScriptEnabled });

    // Case: making/preview-says
    test('a preview that cannot be made says what is missing, and keeps the last one', async ({ page, visitor }) => {
      const name = await makeDashboard(page, visitor, ROWS);
      await page.goto(`/dashboards/${name}/edit/breakdown`);
      const preview = page.getByRole('region', { name: 'Preview' });
      const status = preview.getByRole('status');
      const before = preview.getByText('Below is the panel before these changes.');
      const title = page.getByLabel('Title', { exact: true });
      const follow = async () => {
        if (!javaScriptEnabled) await button(page, 'Preview').click();
      };
      await expect(preview.getByRole('heading', { name: 'amount by region' })).toBeVisible();
      await expect(before).toBeHidden();
      if (javaScriptEnabled) {
        await title.fill('What was sold where');
        await expect(preview.getByRole('heading', { name: 'What was sold where' })).toBeVisible();
      }
      const last = javaScriptEnabled ? 'What was sold where' : 'amount by region';
      await title.fill(' ');
      await follow();
      await expect(status).toContainText('The preview still needs this:');
      await expect(status.getByRole('link', { name: 'Give the panel a title.' })).toBeVisible();
      await expect(before).toBeVisible();
      await expect(preview.getByRole('heading', { name: last })).toBeVisible();
      await expect(title).toHaveAccessibleDescription('Give the panel a title.');
      await expect(title).toHaveAttribute('aria-invalid', 'true');
      await title.fill('Sold where');
      await follow();
      await expect(preview.getByRole('heading', { name: 'Sold where' })).toBeVisible();
      await expect(status).toBeEmpty();
      await expect(before).toBeHidden();
      await expect(title).not.toHaveAttribute('aria-invalid');
    });
  });
}

// Case: front/early
test('the form of a panel follows what was chosen before its script came', { tag: '@script' }, async ({ page, visitor }) => {
  const name = await makeDashboard(page, visitor, ROWS);
  await visitor.beforeScript('panel-form.js', `/dashboards/${name}/edit/breakdown`, async () => {
    await page.getByLabel('Title', { exact: true }).fill('What was sold where');
    await page.getByLabel('Kind of panel').selectOption('groups');
  });
  await expect(page.getByLabel('Add a row with the totals')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Preview' }).getByRole('heading', { name: 'What was sold where' })).toBeVisible();
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    test.use({ javaScriptEnabled });

    // Case: making/undo-in-place
    test('a deletion is shown in its place, and undone there', async ({ page, visitor }) => {
      const name = await makeDashboard(page, visitor, ROWS);
      const panels = page.locator('.edited');
      const before = await panels.count();
      const notice = page.locator('#done');
      await button(page, 'Delete “amount by region”').click();
      await expect(notice).toContainText('Deleted “amount by region”.');
      await expect(notice).toBeInViewport();
      await expect(notice).toBeFocused();
      await expect(panels).toHaveCount(before - 1);
      await notice.getByRole('button', { name: 'Undo' }).click();
      await expect(notice).toContainText('Undid: Deleted “amount by region” (back to version 1).');
      await expect(notice).toBeInViewport();
      await expect(notice.getByRole('button')).toHaveCount(0);
      await expect(panels).toHaveCount(before);
      await page.getByLabel('Width of “amount by region”').selectOption('Half');
      if (!javaScriptEnabled) await button(page, 'Set width “amount by region”').click();
      await expect(notice).toContainText('Set the width of “amount by region” to 6 of 12 columns.');
      await expect(page.locator('#edit-breakdown')).toHaveClass(/span-6/);
      // Each key press changes the width, so with keys a button applies it.
      if (javaScriptEnabled) {
        await page.getByLabel('Width of “amount by region”').press('ArrowDown');
        await button(page, 'Set width “amount by region”').press('Enter');
        await expect(notice).toContainText('Set the width of “amount by region” to 5 of 12 columns.');
      }
      const place = page.getByLabel('Place of “amount by region”');
      await place.fill('1');
      await place.press('Enter');
      await expect(notice).toContainText('Moved “amount by region” to place 1.');
      await expect(place).toHaveValue('1');
      // Whatever that field contains, the other buttons work.
      await place.fill('');
      await button(page, 'Later “amount by region”').click();
      await expect(notice).toContainText('Moved “amount by region” later.');
      await page.goto(`/dashboards/${name}/edit`);
      await expect(notice).toHaveCount(0);
    });
  });
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with script' : 'without script', () => {
    test.use({ javaScriptEnabled });

    // Case: making/not-offered
    test('a condition offers the comparisons that fit its column', async ({ page, visitor }) => {
      const name = await makeDashboard(page, visitor, ROWS);
      await page.goto(`/dashboards/${name}/edit/breakdown`);
      const comparison = page.locator('#field-filters-0-how');
      for (const [column, fits, other] of [
        ['amount', 'is at least', 'contains the text'],
        ['region', 'contains the text', 'is at least'],
      ]) {
        await page.locator('#field-filters-0-column').selectOption(column);
        if (!javaScriptEnabled) await button(page, 'Show fields').click();
        await expect(comparison.locator('option', { hasText: fits })).toHaveCount(1);
        await expect(comparison.locator('option', { hasText: other })).toHaveCount(0);
      }
    });
  });
}

test('a panel is dragged to another place @script', async ({ page, visitor }) => {
  const name = await makeDashboard(page, visitor, ROWS);
  const order = () => page.locator('.edited').evaluateAll((panels) => panels.map((panel) => panel.id.replace('edit-', '')));
  const [first, second, ...rest] = await order();
  // Dragging must not need scrolling.
  await page.locator('[data-arrange]').evaluate((list) => list.scrollIntoView());
  await page.locator(`#edit-${second} .drag-handle`).dragTo(page.locator(`#edit-${first} .edit-bar`));
  await page.waitForURL(/at=0#done$/);
  expect(await order()).toEqual([second, first, ...rest]);
  await page.getByRole('link', { name: /^History/ }).click();
  await expect(page.getByRole('cell', { name: /Moved .* to place 1/ })).toBeVisible();
});

test('a dashboard is viewed as another person', async ({ page, visitor }) => {
  const name = await makeDashboard(page, visitor, ROWS);
  await page.getByRole('region', { name: 'Who sees it' }).getByRole('link', { name: 'See it as …' }).click();
  await page.getByLabel('Role').selectOption('read');
  await button(page, 'Show').click();
  await expect(page.getByRole('status')).toContainText('This is what somebody with the role Read sees');
  await expect(page.getByRole('heading', { name: 'amount by region' })).toBeVisible();
  await expect(page.getByText('More about')).toHaveCount(0);
  await page.getByRole('link', { name: 'Back to what you see' }).click();
  await page.waitForURL(`**/dashboards/${name}`);
});

test('the person who saves second sees both versions, and decides', async ({ consoleWatch, page, visitor, context }) => {
  consoleWatch.expectStatus(409);
  const name = await makeDashboard(page, visitor, ROWS);
  const other = await context.newPage();
  const path = `/dashboards/${name}/edit/breakdown`;
  for (const [window, title] of [[page, 'Mine'], [other, 'Theirs']]) {
    await window.goto(path);
    await window.getByLabel('Title', { exact: true }).fill(title);
  }
  await button(other, 'Save panel').click();
  await other.waitForURL(`**/dashboards/${name}/edit#edit-breakdown`);
  await button(page, 'Save panel').click();
  await expect(page.getByRole('heading', { name: 'Somebody else changed this dashboard' })).toBeVisible();
  await expect(page.getByRole('row', { name: /title.*Theirs.*Mine/ })).toBeVisible();
  await button(page, 'Save mine over version 2').click();
  await page.waitForURL(`**/dashboards/${name}/edit#edit-breakdown`);
  await expect(page.getByRole('heading', { name: 'Mine', exact: true })).toBeVisible();
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 360, 2560]) {
    test.describe(`${colorScheme}, ${width} pixels`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      test('every page of the editor is accessible and fits @script', async ({ page, visitor }) => {
        const name = await makeDashboard(page, visitor, ROWS);
        for (const path of ['edit', 'add', 'edit/breakdown', 'edit/rows', 'see-as', 'see-as?as=read', 'history', 'history/1', '../new', '../import']) {
          const { pathname, search } = new URL(path, `http://host/dashboards/${name}/x`);
          await page.goto(pathname + search);
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), path).toEqual([]);
          const overflow = await page.evaluate(() => document.body.scrollWidth - document.documentElement.clientWidth);
          expect.soft(overflow, `${path}: pixels that stick out to the right`).toBeLessThanOrEqual(0);
          const file = path.replace(/\W+/g, '-').replace(/^-/, '');
          await page.screenshot({ path: `artefacts/making/${file}-${colorScheme}-${width}.png`, fullPage: true });
        }
      });
    });
  }
}
