// A real OpenID provider on loopback: discovery, authorization code with PKCE, signed id tokens. Who comes types a name and nothing
// else; the groups of each name are given.
import { createServer, type IncomingMessage } from 'node:http';
import Provider from 'oidc-provider';
import { freePort } from './howdah';

export interface OidcServer {
  readonly issuer: string;
  /** What the client sent the browser with, one for each attempt. */
  readonly asked: readonly URLSearchParams[];
  stop(): Promise<void>;
}

interface Client {
  readonly id: string;
  readonly secret: string;
  readonly redirectUri: string;
}

const SCOPE = 'openid profile email';

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text);
}

const PAGE = `<!doctype html><html lang="en"><title>Lab SSO</title><form method="post">
<label>User <input name="login"></label> <button>Go on</button></form></html>`;

export async function startOidcServer(
  client: Client,
  groups: Readonly<Record<string, readonly string[]>>,
): Promise<OidcServer> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const asked: URLSearchParams[] = [];
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [client.redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    cookies: { keys: ['of-one-test-run'] },
    pkce: { required: () => true },
    // As most providers do: the claims are in the id token itself.
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/person/${uid}` },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, preferred_username: sub, groups: [...(groups[sub] ?? [])] }),
    }),
    // Nobody is asked whether the client may know who they are.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope(SCOPE);
      await grant.save();
      return grant;
    },
  });
  const callback = provider.callback();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    if (url.pathname === '/auth') asked.push(url.searchParams);
    if (!url.pathname.startsWith('/person/')) return callback(request, response);
    if (request.method === 'GET') return response.setHeader('content-type', 'text/html; charset=utf-8').end(PAGE);
    const accountId = (await bodyOf(request)).get('login') ?? '';
    return provider.interactionFinished(request, response, { login: { accountId } });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    issuer,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
