// The note of a dashboard: saved in place, stored, and never lost to another editor.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { panels } from '../support/dashboard.js';
import { expect, test } from '../support/fixtures.js';
import { ada, reed, wren } from '../support/people.js';
import { Rolecall } from '../support/rolecall.js';
import { paths, Visitor } from '../support/visitor.js';

/** A note that readers see, too, and that is still empty. */
const FOR_READERS = `format = 1
title = "Shift"
[[panels]]
id = "note"
title = "Note"
kind = "note"
`;

/** A text that is unique among tests. */
function unique(text) {
  return `${text} ${crypto.randomUUID()}`;
}

/** The text field of the note, on the dashboard and on the page for a conflict. */
function field(page) {
  return page.getByRole('main').getByRole('textbox');
}

/** Saves the note with the text in the field, and returns the status of the answer. */
async function save(page) {
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/save_note');
  await page.getByRole('main').getByRole('button', { name: 'Save note' }).click();
  return (await answered).status();
}

/** Saves `text` and expects success. */
async function saveText(page, text) {
  await field(page).fill(text);
  expect(await save(page)).toBeLessThan(400);
  await expect(panels(page).note).toContainText(/saved by/i);
  await expect(field(page)).toHaveValue(text);
}

test('is saved and visible to others', async ({ browser, app, page, scripted, visitor }) => {
  const text = unique('Gauge cleaned.');
  await visitor.signIn(wren, { from: paths.weather });
  await saveText(page, text);

  const context = await browser.newContext({ baseURL: app.origin, javaScriptEnabled: scripted });
  const other = new Visitor(await context.newPage(), { scripted });
  await other.signIn(ada, { from: paths.weather });
  await expect(field(other.page)).toHaveValue(text);
  await expect(panels(other.page).note).toContainText(wren.name);
  await context.close();
});

// Case: panel/empty-note-on-paper
test('is on paper once it has a text', async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  await page.emulateMedia({ media: 'print' });
  // Nothing is saved: paper shows what the page shows. Hidden elements have no role.
  const write = (text) => page.locator('main textarea').evaluate((of, value) => (of.value = value), text);
  await write('Gauge cleaned.');
  await expect(panels(page).note).toBeVisible();
  await write('');
  await expect(panels(page).note).toBeHidden();
});

// Case: panel/empty-note-on-paper
test('is on paper for readers once it has a text', async ({ browser, scripted }) => {
  const folder = await mkdtemp(join(tmpdir(), 'rolecall-note-'));
  await mkdir(join(folder, 'dashboards'));
  await writeFile(join(folder, 'dashboards/shift.toml'), FOR_READERS);
  const app = await Rolecall.start({ settings: { ROLECALL_CONFIG_DIR: folder } });
  const context = () => browser.newContext({ baseURL: app.origin, javaScriptEnabled: scripted });
  const [reading, writing] = [await context(), await context()];
  const reader = new Visitor(await reading.newPage(), { scripted });
  await reader.signIn(reed, { from: '/dashboards/shift' });
  await expect(panels(reader.page).note).toContainText('No note yet.');
  await reader.page.emulateMedia({ media: 'print' });
  await expect(panels(reader.page).note).toBeHidden();

  const writer = new Visitor(await writing.newPage(), { scripted });
  await writer.signIn(wren, { from: '/dashboards/shift' });
  await saveText(writer.page, 'Gauge cleaned.');
  await reader.open('/dashboards/shift');
  await expect(panels(reader.page).note).toContainText('Gauge cleaned.');
  await expect(panels(reader.page).note).toBeVisible();
  await Promise.all([reading.close(), writing.close()]);
  await app.stop();
});

test('is saved in place: the page stays', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  await page.evaluate(() => (window.stayed = true));
  await saveText(page, unique('In place.'));
  await expect(panels(page).note.getByRole('status')).toContainText(/saved by/i);
  expect(await page.evaluate(() => window.stayed)).toBe(true);
});

test('counts characters as people do and warns of unsaved text', { tag: '@script' }, async ({ page, visitor }) => {
  await visitor.signIn(wren, { from: paths.weather });
  const { note } = panels(page);
  await saveText(page, unique('Counted.'));
  await field(page).fill('\u{1F327}'.repeat(4000));
  await expect(note).toContainText('4,000 of 4,000 characters');
  await expect(field(page)).not.toHaveAttribute('aria-invalid');
  await expect(note.getByRole('status')).toHaveText('Not saved yet');
  await field(page).fill('\u{1F327}'.repeat(4001));
  await expect(field(page)).toHaveAttribute('aria-invalid', 'true');
});

test('can be saved twice in a row', async ({ page, visitor }) => {
  const last = unique('Second.');
  await visitor.signIn(wren, { from: paths.weather });
  await saveText(page, unique('First.'));
  await visitor.alive();
  await saveText(page, last);
  await visitor.open(paths.weather);
  await expect(field(page)).toHaveValue(last);
});

test('keeps both texts when two people edit it', async ({ consoleWatch, context, page, scripted, visitor }) => {
  consoleWatch.expectStatus(409);
  const mine = unique('What I saw.');
  const theirs = unique('What they saw.');
  await visitor.signIn(wren, { from: paths.weather });
  const second = new Visitor(await context.newPage(), { scripted });
  await second.open(paths.weather);
  // Unsaved input stays, although the page receives the other text.
  await field(page).fill(mine);
  await saveText(second.page, theirs);

  await save(page);
  await expect(page.getByRole('main')).toContainText(theirs);
  await expect(field(page)).toHaveValue(mine);

  expect(await save(page)).toBeLessThan(400);
  await expect(page.getByRole('main')).not.toContainText(theirs);
  await second.open(paths.weather);
  await expect(field(second.page)).toHaveValue(mine);
});

test('shows markup as text', async ({ page, visitor }) => {
  const text = unique('\n<b onmouseover="alert(1)">"&amp;</b></textarea><script>document.title = 1</script>');
  await visitor.signIn(wren, { from: paths.weather });
  await saveText(page, text);
  await visitor.open(paths.weather);
  await expect(field(page)).toHaveValue(text);
});
