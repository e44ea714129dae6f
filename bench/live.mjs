// The cost of ten thousand idle open pages: `node bench/live.mjs ROLECALL [NUMBER]`. Each page has its own stream, as
// in browsers over HTTP/1.1.
import { Agent, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import { circumstances } from './circumstances.mjs';
import { Program } from './program.mjs';
import { PROVIDER, startProvider } from './provider.mjs';
import { signIn } from './sign_in.mjs';

/** The number of streams for one sign-in: the maximum allowed. */
const EACH = 16;
/** How long they are open before the measurement: longer than an idle connection may last. */
const OPEN_MS = 60_000;

/** The maximum memory for ten thousand streams, scaled for other numbers. */
const MEMORY_BYTES = 200e6;
const MEMORY_FOR = 10_000;

const [file, number = '10000'] = process.argv.slice(2);
if (!file) {
  console.error('Give the executable: node bench/live.mjs ROLECALL [NUMBER]');
  process.exit(2);
}
const { settings: ofProvider } = await startProvider(file);
const settings = {
  ...ofProvider,
  ROLECALL_LIMITS__CONNECTIONS: String(Number(number) + 200),
  ROLECALL_LIMITS__CONNECTIONS_PER_CLIENT: String(Number(number) + 200),
  ROLECALL_LIMITS__SIGN_INS_PER_MINUTE: '100000',
};
const server = await Program.rolecall(file, { settings });
await server.firstAnswerMs('/');
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
let [open, ended] = [0, 0];

/** Opens a stream, and waits for its first event. */
function listen(cookie) {
  return new Promise((resolve, reject) => {
    const request = get(`${server.origin}/live?dashboard=weather`, { agent, headers: { cookie } }, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`/live answered with ${response.statusCode}.`));
      open += 1;
      response.once('data', resolve);
      response.resume();
      response.once('close', () => (ended += 1));
    });
    request.once('error', reject);
  });
}

const cookies = [];
for (let made = 0; made < Number(number); made += EACH) cookies.push(await signIn(server.origin, PROVIDER, 'reed'));
const before = server.memoryBytes('VmRSS');
for (const cookie of cookies) {
  await Promise.all(Array.from({ length: Math.min(EACH, Number(number) - open) }, () => listen(cookie)));
}
const cpuBefore = server.cpuSeconds();
await wait(OPEN_MS);
const cpu = server.cpuSeconds() - cpuBefore;
const memory = server.memoryBytes('VmRSS') - before;
const limit = (MEMORY_BYTES * Number(number)) / MEMORY_FOR;
const hasRoom = memory <= limit;
console.log(`${circumstances()}

| ${open.toLocaleString('en-US')} open pages | Measured | Target | Met |
| --- | ---: | ---: | --- |
| Memory over that without them | ${Math.round(memory / 1e6)} MB | ≤ ${Math.round(limit / 1e6)} MB | ${hasRoom ? 'yes' : 'NO'} |
| CPU time, of one core | ${((cpu / OPEN_MS) * 100_000).toFixed(1)} % | | |
| Streams that ended within ${OPEN_MS / 1000} s | ${ended} | 0 | ${ended === 0 ? 'yes' : 'NO'} |`);
process.exit(ended === 0 && hasRoom ? 0 : 1);
