// The browser: $CHROMIUM, or the first known name on PATH, and how it is started.
import { findProgram } from './programs.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ELSEWHERE = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];

/** As root (containers, CI) Chromium's sandbox does not start. */
const SANDBOX = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** The path of Chromium or Chrome. Throws with what to do where there is none. */
function chromiumPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const found = findProgram(NAMES, ELSEWHERE);
  if (!found) throw new Error('No Chromium and no Chrome on this machine: install one or set CHROMIUM to its path.');
  return found;
}

/** How Playwright starts it; `further` are arguments beside the usual ones. */
export function launchOptions(...further) {
  return { executablePath: chromiumPath(), args: [...SANDBOX, '--disable-gpu', '--disable-dev-shm-usage', ...further] };
}
