// A browser that loses its session, at a provider that signs people in without asking.
import { expect, test } from '../support/fixtures.js';
import { ForgetfulProxy } from '../support/forgetful.js';
import { IndependentProvider } from '../support/provider.js';
import { freePort, Rolecall } from '../support/rolecall.js';
import { paths } from '../support/visitor.js';

// Case: attempt/loop-breaker
test('a browser that forgets its session is told why, instead of going back and forth', async ({
  consoleWatch,
  page,
  visitor,
}) => {
  consoleWatch.expectStatus(400);
  const [front, port] = [await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${front}`;
  const provider = await IndependentProvider.start(origin);
  const settings = { ...provider.settings, ROLECALL_PUBLIC_URL: origin };
  const app = await Rolecall.start({ port, settings });
  const proxy = await ForgetfulProxy.start(front, port);
  try {
    let callbacks = 0;
    page.on('request', (request) => (callbacks += request.url().includes('/login/op/authorized?') ? 1 : 0));
    await page.goto(`${origin}${paths.weather}?page=3`);
    await visitor.choose('Grace');

    const main = page.getByRole('main');
    await expect(main.getByRole('heading', { level: 1 })).toHaveText('You do not stay signed in');
    await expect(main).toContainText('Allow cookies');
    expect(callbacks).toBe(3);

    // One more deliberate attempt is allowed, and does not count as a loop.
    await main.getByRole('button', { name: 'Sign in with Op' }).click();
    await expect(main.getByRole('heading', { level: 1 })).toHaveText('You do not stay signed in');
    await expect.poll(() => callbacks).toBe(4);
    expect(new URL(page.url()).searchParams.get('return_to')).toBe(`${paths.weather}?page=3`);
  } finally {
    await proxy.stop();
    await app.stop();
    await provider.stop();
  }
});
