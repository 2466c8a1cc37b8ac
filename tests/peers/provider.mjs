// A business provider of others: oidc-provider on a free port of loopback. Who logs in there, and how, is told by
// PUT /told beforehand, in place of a person at its pages. Prints its port when it is ready.
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

const [redirectUri, clientId, clientSecret] = process.argv.slice(2);
let told = {};
let provider;

async function serve(request, response) {
  if (request.url === '/told') {
    let said = '';
    for await (const piece of request) said += piece;
    told = JSON.parse(said);
    response.end();
  } else if (request.url.startsWith('/interaction/')) {
    const result = told.error ? { error: told.error } : { login: { accountId: told.subject, amr: told.amr, acr: told.acr } };
    await provider.interactionFinished(request, response, result);
  } else {
    provider.callback()(request, response);
  }
}

const server = createServer((request, response) => {
  serve(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] }],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'one' }] },
    cookies: { keys: ['of-the-test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    acrValues: ['company:two'],
    claims: {
      openid: ['sub', 'amr'],
      email: ['email', 'email_verified'],
      profile: ['family_name#ja-Kana-JP', 'given_name#ja-Kana-JP'],
    },
    findAccount: (_context, subject) => ({ accountId: subject, claims: () => ({ sub: subject, ...told.claims }) }),
    async loadExistingGrant(context) {
      const grant = new provider.Grant({ clientId, accountId: context.oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  console.log(port);
});
