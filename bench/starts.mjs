// The time from the start of the process to the first answers.
import { scratchFolder } from './cleanup.mjs';
import { median } from './numbers.mjs';
import { Program } from './program.mjs';

const FIRST_STARTS = 3;
const WARM_STARTS = 10;

/**
 * Starts the Rolecall in `file`, whose provider is elsewhere, on empty data folders, and again and again on one that it has used
 * before.
 *
 * @param {object} settings those of a Rolecall that uses the provider of `startProvider`
 * @returns {Promise<{ first: Times, warm: Times }>} medians, in seconds
 * @typedef {{ live: number, home: number }} Times to the first 200 of `/health/live` and of `/`
 */
export async function measureStarts(file, settings) {
  const first = await medians(file, settings, Array.from({ length: FIRST_STARTS }, scratchFolder));
  const used = scratchFolder();
  await start(file, settings, used);
  return { first, warm: await medians(file, settings, Array(WARM_STARTS).fill(used)) };
}

async function medians(file, settings, dataFolders) {
  const times = [];
  for (const dataFolder of dataFolders) times.push(await start(file, settings, dataFolder));
  return { live: median(times.map(({ live }) => live)), home: median(times.map(({ home }) => home)) };
}

/** Starts it once, and requests both at the same time, so that neither waits for the other. */
async function start(file, settings, dataFolder) {
  const program = await Program.rolecall(file, { dataFolder, settings });
  const [live, home] = await Promise.all([program.firstAnswerMs('/health/live'), program.firstAnswerMs('/')]);
  await program.stop();
  return { live: live / 1e3, home: home / 1e3 };
}
