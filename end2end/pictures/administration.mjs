// Somebody asks for a role, and an administrator decides: the pictures of docs/ADMIN.md.
import { ada, nora, reed, wren } from '../support/people.js';
import { Visitor } from '../support/visitor.js';

/** Takes the pictures. `open` opens a page in a new browser, `take` takes a picture of a page. */
export async function takeAdministration(open, take) {
  for (const person of [reed, wren]) await new Visitor(await open(), { scripted: true }).signIn(person);

  const asking = await open();
  await new Visitor(asking, { scripted: true }).signIn(nora);
  await asking.goto('/dashboards');
  const main = asking.getByRole('main');
  await main.getByLabel('What do you need the role Read for?').fill('I look after the weather stations in the north.');
  await take('admin-refused', asking);
  await main.getByRole('button', { name: 'Request access' }).click();
  await main.getByText('Waiting for an answer').waitFor();

  const page = await open();
  await new Visitor(page, { scripted: true }).signIn(ada);
  const visit = async (path, name) => {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    await take(name, page);
  };
  await visit('/admin/requests', 'admin-requests');
  await page.getByRole('button', { name: /^Give the role Read to Nora/ }).click();
  await page.getByText('No request is waiting.').waitFor();
  await visit('/admin/sessions', 'admin-sessions');
  await visit('/admin/users', 'admin-users');
  const question = new URLSearchParams({ person: 'nora@example.com', address: '/dashboards/weather' });
  await visit(`/admin/access?${question}`, 'admin-access');
  await visit('/admin/audit', 'admin-audit');
}
