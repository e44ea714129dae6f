// The routes that are measured under load, compared with the bare route.
import { mean } from './numbers.mjs';
import { Program } from './program.mjs';
import { PROVIDER } from './provider.mjs';
import { signInAndGoOn } from './sign_in.mjs';
import { TARGETS } from './targets.mjs';
import { measureRoute } from './wrk.mjs';

/**
 * The routes of `rolecall`, each with its name and its target.
 *
 * @param {Map<string, { path: string }>} files the files that a dashboard loads, by kind
 */
export async function routesOf(rolecall, files) {
  const page = { accept: 'text/html' };
  const reed = await signInAndGoOn(rolecall.origin, PROVIDER, 'reed');
  const ada = await signInAndGoOn(rolecall.origin, PROVIDER, 'ada');
  const dashboard = (role, expected, cookie) => ({
    what: `Dashboard as ${role}, \`/dashboards/weather\``,
    path: '/dashboards/weather',
    headers: { ...page, cookie },
    expected,
    target: TARGETS.dashboard,
  });
  const asset = (what, kind) => ({
    what: `${what}, brotli`,
    path: files.get(kind).path,
    headers: { 'accept-encoding': 'br' },
    target: TARGETS.asset,
  });
  return [
    {
      what: 'Session-checked JSON, `/api/session`',
      path: '/api/session',
      headers: { accept: 'application/json', cookie: reed },
      expected: 'Reed Marlow',
      target: TARGETS.session,
    },
    {
      what: 'Front page, signed in, `/`',
      path: '/',
      headers: { ...page, cookie: reed },
      expected: 'Reed Marlow',
      target: TARGETS.home,
    },
    dashboard('Read', 'Reed Marlow', reed),
    dashboard('Admin', 'Ada Vale', ada),
    asset('Hashed style sheet', 'css'),
    { ...asset('Hashed WebAssembly', 'wasm'), target: TARGETS.wasmAsset, isLarge: true },
  ];
}

/**
 * Puts load on every route, and on the bare one before and after each: a ratio is to the mean of these two, because a
 * machine is not equally quick all the time. What is large is beside a bare route that sends as many bytes.
 *
 * @returns the bare route's measurements, and the routes with theirs and their ratios
 */
export async function measureRoutes(rolecall, routes, bareRouteFile, say) {
  const bareRoute = await Program.bareRoute(bareRouteFile);
  await bareRoute.firstAnswerMs('/');
  const bare = [await measureRoute(bareRoute, { path: '/' })];
  const measured = [];
  for (const route of routes) {
    say(`Measuring: ${route.what}`);
    const result = await measureRoute(rolecall, route);
    if (route.isLarge) {
      const asLarge = await measureRoute(bareRoute, { path: `/bytes/${result.bytes}` });
      measured.push({ what: 'Bare axum route, as many bytes as the next', ...asLarge, ratio: 1 });
      measured.push({ ...route, ...result, ratio: result.cpuSeconds / asLarge.cpuSeconds });
      continue;
    }
    bare.push(await measureRoute(bareRoute, { path: '/' }));
    const bareSeconds = mean(bare.slice(-2).map(({ cpuSeconds }) => cpuSeconds));
    measured.push({ ...route, ...result, ratio: result.cpuSeconds / bareSeconds });
  }
  await bareRoute.stop();
  return { bare, measured };
}
