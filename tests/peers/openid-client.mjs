// A site that logs customers in, on openid-client: takes one command a line as JSON and answers with one line each.
import { createInterface } from "node:readline";
import * as openid from "openid-client";

const { ISSUER, CLIENT_ID, CLIENT_SECRET, CALLBACK, SCOPE } = process.env;
const http = { execute: [openid.allowInsecureRequests] };
let config;
let waiting = {};

const acts = {
  async discover() {
    config = await openid.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, http);
    return config.serverMetadata();
  },
  async begin(wishes) {
    waiting = {
      pkceCodeVerifier: openid.randomPKCECodeVerifier(),
      expectedState: openid.randomState(),
      expectedNonce: openid.randomNonce(),
      idTokenExpected: true,
    };
    if (wishes.max_age !== undefined) waiting.maxAge = Number(wishes.max_age);
    const address = openid.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK,
      scope: SCOPE,
      code_challenge: await openid.calculatePKCECodeChallenge(waiting.pkceCodeVerifier),
      code_challenge_method: "S256",
      state: waiting.expectedState,
      nonce: waiting.expectedNonce,
      ...wishes,
    });
    return { address: address.href };
  },
  async finish({ address }) {
    const tokens = await openid.authorizationCodeGrant(config, new URL(address), waiting);
    return { ...tokens, claims: tokens.claims() };
  },
  async userinfo({ tokens }) {
    return openid.fetchUserInfo(config, tokens.access_token, tokens.claims.sub);
  },
  async refresh({ tokens }) {
    const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token);
    return { ...fresh, claims: fresh.claims() };
  },
  async revoke({ token }) {
    await openid.tokenRevocation(config, token);
    return {};
  },
  async introspect({ token }) {
    return openid.tokenIntrospection(config, token);
  },
  async leave({ tokens, to, state }) {
    const wishes = { post_logout_redirect_uri: to, id_token_hint: tokens.id_token, state };
    return { address: openid.buildEndSessionUrl(config, wishes).href };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { act, ...given } = JSON.parse(line);
  let said;
  try {
    said = { done: await acts[act](given) };
  } catch (error) {
    said = { refused: error.error ?? error.code ?? "", why: String(error.message) };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
