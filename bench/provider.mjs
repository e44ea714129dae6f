// The provider with which people sign in while something is measured: the demonstration provider of a Rolecall of its own, so that
// nothing of it counts as memory, start or CPU time of the one that is measured.
import { Program } from './program.mjs';

/** The id of the provider in the configuration of who is measured. */
export const PROVIDER = 'bench';
/** What its access tokens are for. */
const AUDIENCE = 'api://rolecall-demonstration';
/** The setting with which a Rolecall takes them at its API. */
export const WITH_API = { ROLECALL_API__AUDIENCE: AUDIENCE };

/**
 * Starts the Rolecall in `file` as the provider.
 *
 * @returns {Promise<{ provider: Program, settings: object }>} the provider, and the settings of a Rolecall that uses it
 */
export async function startProvider(file) {
  const provider = await Program.rolecall(file);
  await provider.firstAnswerMs('/health/live');
  const settings = {
    ROLECALL_PROVIDERS__BENCH__KIND: 'oidc',
    ROLECALL_PROVIDERS__BENCH__ISSUER: `${provider.origin}/demo`,
    ROLECALL_PROVIDERS__BENCH__CLIENT_ID: 'rolecall-demonstration',
  };
  return { provider, settings };
}
