// An independent OpenID provider: the certified `oidc-provider`, on another host name than Rolecall, so that they are
// different sites for the browser.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

import { Provider } from 'oidc-provider';

import { secrets } from './secrets.js';

const CLIENT_ID = 'rolecall';
const CLIENT_SECRET = randomBytes(32).toString('base64url');

/** The accounts at the start. */
const ACCOUNTS = {
  grace: { name: 'Grace of Op', email: 'grace@op.example', roles: ['Rolecall.Write'] },
  olga: { name: 'Olga of Op', email: 'olga@op.example', roles: [] },
};

/** A page in the provider's plain style. */
function html(body) {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Op</title>
    <link rel="icon" href="data:,"></head><body><main><h1>Op</h1>${body}</main></body></html>`;
}

/**
 * The configuration of the provider for a Rolecall at `rolecallOrigin`; `client` is put over its client, and access
 * tokens last `accessTokenSeconds`. `accounts` may change at any time.
 */
function configuration(rolecallOrigin, accounts, { client = {}, requirePushed = false, accessTokenSeconds = 3600 } = {}) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'op-1', use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [`${rolecallOrigin}/login/op/authorized`],
        post_logout_redirect_uris: [`${rolecallOrigin}/signed-out`],
        backchannel_logout_uri: `${rolecallOrigin}/login/op/backchannel-logout`,
        backchannel_logout_session_required: true,
        ...client,
      },
    ],
    claims: { openid: ['sub', 'roles'], profile: ['name'], email: ['email'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    findAccount: (_ctx, id) => accounts[id] && { accountId: id, claims: () => ({ sub: id, ...accounts[id] }) },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    // Its default fetch refuses loopback addresses, but everything runs there.
    fetch: (url, { dispatcher: _, ...options }) => fetch(url, options),
    ttl: { AccessToken: accessTokenSeconds },
    loadExistingGrant: grantAll,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: requirePushed },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = html(`${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">
            Sign out of Op</button>`);
        },
        postLogoutSuccessSource: (ctx) => {
          ctx.body = html('<p>You are signed out of Op.</p>');
        },
      },
    },
  };
}

/** Grants the client what it asks for without a consent page, which these tests are not about. */
async function grantAll(ctx) {
  const { oidc } = ctx;
  const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope('openid profile email offline_access');
  await grant.save();
  return grant;
}

/** The sign-in page: a button for each account. */
function accountsPage(path) {
  const button = ([id, { name }]) => `<button name="account" value="${id}">${name}</button>`;
  return html(`<form method="post" action="${path}">${Object.entries(ACCOUNTS).map(button).join(' ')}</form>`);
}

/** Shows the sign-in page, or completes the sign-in with the chosen account. */
async function interact(provider, request, response) {
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(accountsPage(request.url));
    return;
  }
  let body = '';
  for await (const chunk of request) body += chunk;
  const accountId = new URLSearchParams(body).get('account');
  await provider.interactionFinished(request, response, { login: { accountId } });
}

/** A running provider. */
export class IndependentProvider {
  /** Its issuer identifier, `http://localhost:…`. */
  issuer;
  /** The addresses of the authorization requests that browsers made. */
  authorizations = [];
  /** The accounts: changes apply from the next token on. */
  accounts = structuredClone(ACCOUNTS);
  /** How many refresh tokens were exchanged for new tokens. */
  refreshes = 0;
  #server;

  /**
   * Starts one for a Rolecall at `rolecallOrigin`. `client` is metadata of the client beyond the usual;
   * `requirePushed` tells whether authorization requests must be pushed, `accessTokenSeconds` how long tokens last.
   */
  static async start(rolecallOrigin, options) {
    const self = new IndependentProvider();
    let answer;
    self.#server = createServer((request, response) => answer(request, response));
    await new Promise((resolve, reject) => {
      self.#server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    self.issuer = `http://localhost:${self.#server.address().port}`;
    const provider = new Provider(self.issuer, configuration(rolecallOrigin, self.accounts, options));
    // Only Rolecall receives these.
    secrets.note('client secret', CLIENT_SECRET);
    provider.on('grant.success', ({ body, oidc }) => [body, oidc.params].forEach((values) => secrets.noteAmong(values)));
    provider.on('grant.success', ({ oidc }) => (self.refreshes += oidc.params.grant_type === 'refresh_token'));
    const protocol = provider.callback();
    answer = (request, response) => {
      if (request.url.startsWith('/auth?')) self.authorizations.push(new URL(request.url, self.issuer));
      if (!request.url.startsWith('/interaction/')) return protocol(request, response);
      return interact(provider, request, response).catch((error) => response.writeHead(500).end(String(error)));
    };
    return self;
  }

  /** The settings that Rolecall needs for it, as environment variables. */
  get settings() {
    return {
      ROLECALL_PROVIDERS__OP__KIND: 'oidc',
      ROLECALL_PROVIDERS__OP__ISSUER: this.issuer,
      ROLECALL_PROVIDERS__OP__CLIENT_ID: CLIENT_ID,
      ROLECALL_PROVIDERS__OP__CLIENT_SECRET: CLIENT_SECRET,
      ROLECALL_PROVIDERS__OP__DISPLAY_NAME: 'Op',
    };
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
