// The provider for sign-ins during measurements: the demonstration provider of a separate Rolecall, so that its memory,
// start and CPU time do not count for the measured one.
import { Program } from './program.mjs';

/** The id of the provider in the configuration of the measured Rolecall. */
export const PROVIDER = 'bench';
/** The audience of its access tokens. */
const AUDIENCE = 'api://rolecall-demonstration';
/** The setting with which a Rolecall accepts these tokens at its API. */
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
