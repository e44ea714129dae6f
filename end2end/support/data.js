// Data sets and dashboards that a test makes for itself, as people make them.
import { wren } from './people.js';

const button = (page, name) => page.getByRole('button', { name, exact: true });

/** A name that no other test uses. */
export const unique = (stem) => `${stem}-${crypto.randomUUID().slice(0, 8)}`;

/** Sends `text` as a file called `name` by the form that is open, and waits for the page of the upload. */
export async function send(page, name, text) {
  const buffer = Buffer.from(text);
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer });
  await button(page, 'Upload').click();
  await page.waitForURL(/\/uploads\/[0-9a-f]{32}$/);
}

/** Signs Wren in, and makes a data set of `rows` (CSV) that is hers. Returns its name, which begins with `stem`. */
export async function makeDataSet(page, visitor, rows, stem = 'sales') {
  const name = unique(stem);
  await visitor.signIn(wren, { from: '/uploads' });
  await visitor.open('/uploads');
  await send(page, `${name}.csv`, rows);
  await button(page, 'Import').click();
  await page.waitForURL(`**/datasets/${name}?imported=*`);
  return name;
}

/** The same with the dashboard that is proposed for it, whose editor is open then. Returns the name of both. */
export async function makeDashboard(page, visitor, rows, stem = 'sales') {
  const name = await makeDataSet(page, visitor, rows, stem);
  await page.getByRole('link', { name: 'Make a dashboard' }).click();
  await button(page, 'Make this dashboard').click();
  await page.waitForURL(`**/dashboards/${name}/edit`);
  return name;
}
