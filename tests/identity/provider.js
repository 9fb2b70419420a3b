// A real OpenID Connect provider for tests: npm's `oidc-provider`, which keeps all in memory, on a port of 127.0.0.1.
//
//     node provider.js PORT REDIRECT_URI...
//
// It ends with its standard input. Beside what every provider has, it takes what a test asks for under /test/.
import crypto from 'node:crypto';
import http from 'node:http';
import Provider from 'oidc-provider';

const [port, ...redirectUris] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const origins = redirectUris.map((uri) => `${new URL(uri).origin}/`);

// What tests have asked for.
const accounts = {};
const answers = {};
const requests = {};
const settings = {};
let keys;
let callback;

// By which key each algorithm signs, and how.
const pss = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: crypto.constants.RSA_PSS_SALTLEN_DIGEST };
const dsa = { dsaEncoding: 'ieee-p1363' };
const algorithms = {
  RS256: ['rsa', 'sha256'],
  RS384: ['rsa', 'sha384'],
  RS512: ['rsa', 'sha512'],
  PS256: ['rsa', 'sha256', pss],
  PS384: ['rsa', 'sha384', pss],
  PS512: ['rsa', 'sha512', pss],
  ES256: ['p256', 'sha256', dsa],
  ES384: ['p384', 'sha384', dsa],
  EdDSA: ['ed25519', null],
};

function rotate() {
  keys = {
    rsa: generate('rsa', { modulusLength: 2048 }),
    p256: generate('ec', { namedCurve: 'P-256' }),
    p384: generate('ec', { namedCurve: 'P-384' }),
    ed25519: generate('ed25519'),
  };
  build();
}

function generate(kind, options) {
  // As text in between: Node.js can lock itself up while it exports a key as a JWK that it still remembers generating.
  const { privateKey: pem } = crypto.generateKeyPairSync(kind, {
    ...options,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const privateKey = crypto.createPrivateKey(pem);
  return { kid: crypto.randomUUID(), privateKey, publicKey: crypto.createPublicKey(privateKey) };
}

// The provider with the keys and settings of now. What it has stored outlives it.
function build() {
  const provider = new Provider(issuer, {
    jwks: {
      keys: Object.values(keys).map(({ kid, privateKey }) => ({ kid, use: 'sig', ...privateKey.export({ format: 'jwk' }) })),
    },
    cookies: { keys: ['correct horse battery staple'] },
    clients: [
      {
        client_id: 'orderdesk',
        client_secret: 'correct-horse',
        // Whatever the port of the redirection is (RFC 8252, section 7.3).
        application_type: 'native',
        grant_types: ['authorization_code', 'client_credentials'],
        redirect_uris: redirectUris,
        post_logout_redirect_uris: [...redirectUris, ...origins],
        token_endpoint_auth_method: settings.clientAuthMethods?.[0] ?? 'client_secret_basic',
      },
      {
        client_id: 'orderdesk-public',
        application_type: 'native',
        redirect_uris: redirectUris,
        post_logout_redirect_uris: [...redirectUris, ...origins],
        token_endpoint_auth_method: 'none',
      },
    ],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified', 'hd'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username'],
    },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...accounts[sub] }) }),
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, audience) => ({ scope: '', audience, accessTokenFormat: 'jwt' }),
      },
    },
    ...settings,
  });
  callback = provider.callback();
}

function base64url(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

// Signs any claims with any header: with `alg` none not at all, with HS256 as who has only the public key does.
function sign({ claims, header }) {
  const alg = header.alg ?? 'RS256';
  const [kind, hash, options] = algorithms[alg] ?? ['rsa'];
  const pair = keys[kind];
  const input = `${base64url({ alg, typ: 'JWT', kid: pair.kid, ...header })}.${base64url(claims)}`;
  let signature = Buffer.alloc(0);
  if (alg in algorithms) {
    signature = crypto.sign(hash, Buffer.from(input), { key: pair.privateKey, ...options });
  } else if (alg === 'HS256') {
    const secret = pair.publicKey.export({ type: 'spki', format: 'pem' });
    signature = crypto.createHmac('sha256', secret).update(input).digest();
  }
  return `${input}.${signature.toString('base64url')}`;
}

const asked = {
  sign,
  rotate,
  // Who an account is: claims by the name with which people sign in.
  account: ({ login, claims }) => { accounts[login] = claims; },
  // Settings of `oidc-provider` that are to be others.
  configure: (changes) => { Object.assign(settings, changes); build(); },
  // With which status, headers and body a path is answered instead of by the provider; without a status, by the provider again.
  answer: ({ path, ...answer }) => { answers[path] = answer.status ? answer : undefined; },
  // How often a path has been asked for.
  requests: ({ path }) => requests[path] ?? 0,
};

async function bodyOf(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return JSON.parse(body);
}

const server = http.createServer(async (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  console.log(request.method, pathname);
  requests[pathname] = (requests[pathname] ?? 0) + 1;
  const test = asked[pathname.replace('/test/', '')];
  const answer = answers[pathname];
  if (test) {
    response.end(JSON.stringify(test(await bodyOf(request)) ?? null));
  } else if (answer) {
    response.writeHead(answer.status, answer.headers).end(answer.body);
  } else {
    callback(request, response);
  }
});

rotate();
server.listen(Number(port), '127.0.0.1', () => console.log('listening'));
process.stdin.on('end', () => process.exit()).resume();
