// The browser: $CHROMIUM, or the first known name on PATH, with its launch options.
import { findProgram } from './programs.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ELSEWHERE = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** Chromium's sandbox does not start as root (containers, CI). */
const SANDBOX = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** The path of Chromium or Chrome. If there is none, the error says what to do. */
function chromiumPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const found = findProgram(NAMES, ELSEWHERE);
  if (!found) throw new Error('No Chromium and no Chrome on this machine: install one or set CHROMIUM to its path.');
  return found;
}

/** The launch options for Playwright, with `further` arguments. */
export function launchOptions(...further) {
  return { executablePath: chromiumPath(), args: [...SANDBOX, '--disable-gpu', '--disable-dev-shm-usage', ...further] };
}
