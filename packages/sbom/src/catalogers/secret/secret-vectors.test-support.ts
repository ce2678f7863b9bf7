import { createHash } from 'node:crypto';

// Every value is made here, so that no file of this repository holds anything that looks like a secret.

const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const alphabets = {
  alnum: lower + lower.toUpperCase() + digits,
  url: `${lower}${lower.toUpperCase()}${digits}_-`,
  base64: `${lower}${lower.toUpperCase()}${digits}+/`,
  alpha: lower + lower.toUpperCase(),
  upper: lower.toUpperCase() + digits,
  base32: `${lower.toUpperCase()}234567`,
  hex: `${digits}abcdef`,
  lower: lower + digits,
  digits,
};

/** Characters as mixed as those of a real secret, the same in every run. */
export function chars(alphabet: keyof typeof alphabets, length: number, seed = 'a'): string {
  let text = '';
  for (let block = 0; text.length < length; block += 1) {
    for (const byte of createHash('sha256').update(`${alphabet} ${seed} ${block}`).digest()) {
      text += alphabets[alphabet][byte % alphabets[alphabet].length];
    }
  }
  return text.slice(0, length);
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JSON web token with this payload and a made-up signature. */
export function webToken(payload: object): string {
  return [encode({ alg: 'HS256', typ: 'JWT' }), encode(payload), chars('url', 43)].join('.');
}

/** A private key in PEM, of this kind. */
export function privateKey(kind: string, lineEnd = '\n', headers = ''): string {
  const edge = '-'.repeat(5);
  const body = Array.from({ length: 12 }, (_, line) => chars('base64', 64, `line ${line}`)).join(lineEnd);
  return `${edge}BEGIN ${kind}${edge}${lineEnd}${headers}${body}${lineEnd}${edge}END ${kind}${edge}${lineEnd}`;
}

const uuid = [8, 4, 4, 4, 12].map((length) => chars('hex', length, `${length}`)).join('-');
const key40 = chars('base64', 40);

/** For each rule, texts that have exactly one secret of it. */
export const secretVectors: Readonly<Record<string, readonly string[]>> = {
  'aws-access-key-id': ['AKIA', 'ASIA', 'ABIA', 'ACCA'].map((mark) => `id = ${mark}${chars('base32', 16)}\n`),
  'aws-secret-access-key': [`aws_secret_access_key = ${key40}\n`, `"SecretAccessKey": "${key40}"`],
  'aws-bedrock-api-key': [`ABSK${'QmVkcm9ja0FQSUtleS'}${chars('base64', 110)}`],
  'gcp-api-key': [`url?key=AIza${chars('url', 35)}&x=1`],
  'gcp-oauth-client-secret': [`GOCSPX-${chars('url', 28)}`],
  'gcp-oauth-access-token': [`Bearer ya29.${chars('url', 120)}`],
  'gcp-service-account-key-id': [`{"private_key_id": "${chars('hex', 40)}"}`],
  'azure-storage-key': [`AccountName=a;AccountKey=${chars('base64', 86)}==;EndpointSuffix=b`],
  'azure-shared-access-key': [`Endpoint=sb://a/;SharedAccessKey=${chars('base64', 43)}=`],
  'azure-client-secret': [`AZURE_CLIENT_SECRET=${chars('alnum', 3)}8Q~${chars('alnum', 34)}`],
  'azure-sas-signature': [`?sv=2020&sig=${chars('alnum', 43)}%3D&se=1`],
  'digitalocean-token': ['dop', 'doo', 'dor'].map((mark) => `${mark}_v1_${chars('hex', 64)}`),
  'heroku-api-key': [`HRKU-AA${chars('url', 58)}`],
  'heroku-api-key-uuid': [`HEROKU_API_KEY=${uuid}`],
  'alibaba-access-key-id': [`LTAI${chars('alnum', 20)}`],
  'databricks-token': [`dapi${chars('hex', 32)}`, `dapi${chars('hex', 32)}-2`],
  'vault-token': [`VAULT_TOKEN=hvs.${chars('url', 92)}`],
  'tailscale-key': [`tskey-auth-${chars('alnum', 16)}-${chars('alnum', 32)}`],
  'pulumi-token': [`pul-${chars('hex', 40)}`],
  'planetscale-token': [`pscale_tkn_${chars('url', 43)}`],
  'grafana-token': [`glsa_${chars('alnum', 32)}_${chars('hex', 8)}`],
  'grafana-cloud-token': [`glc_eyJ${chars('alnum', 80)}`],
  'newrelic-key': [`NRAK-${chars('upper', 27)}`],
  'sentry-token': [`sntrys_${chars('alnum', 80)}`],
  'doppler-token': [`dp.pt.${chars('alnum', 43)}`],
  'github-token': ['ghp', 'gho', 'ghu', 'ghs', 'ghr'].map((mark) => `${mark}_${chars('alnum', 36)}`),
  'github-fine-grained-token': [`github_pat_${chars('alnum', 22)}_${chars('alnum', 59)}`],
  'gitlab-token': [`glpat-${chars('url', 20)}`, `TOKEN=glrt-${chars('url', 20)}`],
  'bitbucket-app-password': [`ATBB${chars('alnum', 32)}`],
  'atlassian-token': [`ATATT3${chars('url', 180)}=${chars('hex', 8).toUpperCase()}`],
  'npm-token': [`//registry.npmjs.org/:_authToken=npm_${chars('alnum', 36)}`],
  'npmrc-auth': [`//npm.example.test/:_authToken=${uuid}`],
  'pypi-token': [`pypi-${'AgEIcHlwaS5vcmc'}${chars('url', 120)}`],
  'rubygems-token': [`rubygems_${chars('hex', 48)}`],
  'crates-io-token': [`token = "cio${chars('alnum', 32)}"`],
  'nuget-api-key': [`oy2${chars('lower', 43)}`],
  'clojars-token': [`CLOJARS_${chars('lower', 60)}`],
  'docker-hub-token': [`dckr_pat_${chars('url', 27)}`],
  'docker-config-auth': [`{"auths":{"r":{"auth": "${Buffer.from(`user:${chars('alnum', 12)}`).toString('base64')}"}}}`],
  'postman-api-key': [`PMAK-${chars('hex', 24)}-${chars('hex', 34)}`],
  'linear-api-key': [`lin_api_${chars('alnum', 40)}`],
  'notion-token': [`ntn_${chars('alnum', 46)}`],
  'figma-token': [`figd_${chars('url', 40)}`],
  'azure-devops-token': [`${chars('alnum', 76)}AZDO${chars('alnum', 4)}`],
  'terraform-cloud-token': [`${chars('alnum', 14)}.atlasv1.${chars('url', 67)}`],
  'stripe-key': ['sk_live_', 'rk_live_', 'sk_test_'].map((mark) => `${mark}${chars('alnum', 24)}`),
  'stripe-webhook-secret': [`whsec_${chars('alnum', 32)}`],
  'square-token': [`sq0atp-${chars('url', 22)}`],
  'square-secret': [`sq0csp-${chars('url', 43)}`],
  'square-access-token': [`EAAA${chars('url', 60)}`],
  'shopify-token': [`shpat_${chars('hex', 32)}`],
  'twilio-key': [`TWILIO_API_KEY=SK${chars('hex', 32)}`, `twilio_auth_token: '${chars('hex', 32)}'`],
  'sendgrid-key': [`SG.${chars('url', 22)}.${chars('url', 43)}`],
  'mailgun-key': [`key-${chars('hex', 32)}`],
  'mailchimp-key': [`MAILCHIMP_API_KEY=${chars('hex', 32)}-us12`],
  'slack-token': [`xoxb-${chars('digits', 12)}-${chars('digits', 12, 'b')}-${chars('alnum', 24)}`],
  'slack-app-token': [`xapp-1-A${chars('upper', 10)}-${chars('digits', 13)}-${chars('hex', 64)}`],
  'slack-webhook': [
    `https://hooks.slack.com/services/T${chars('upper', 10)}/B${chars('upper', 10)}/${chars('alnum', 24)}`,
  ],
  'discord-webhook': [`https://discord.com/api/webhooks/${chars('digits', 18)}/${chars('url', 68)}`],
  'discord-token': [`DISCORD_TOKEN=M${chars('alnum', 23)}.${chars('alnum', 6)}.${chars('alnum', 38)}`],
  'telegram-bot-token': [`bot = ${chars('digits', 9)}:AA${chars('url', 33)}`],
  'huggingface-token': [`HF_TOKEN=hf_${chars('alpha', 34)}`],
  'openai-key': [`sk-proj-${chars('alnum', 74)}T3Blbk${'FJ'}${chars('alnum', 74)}`],
  'anthropic-key': [`sk-ant-api03-${chars('url', 93)}AA`],
  'groq-key': [`gsk_${chars('alnum', 52)}`],
  'replicate-token': [`r8_${chars('alnum', 37)}`],
  'private-key': [
    ...['PRIVATE KEY', 'RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'PGP PRIVATE KEY BLOCK'].map((kind) =>
      privateKey(kind),
    ),
    privateKey('EC PRIVATE KEY', '\r\n'),
    `{"private_key": "${privateKey('PRIVATE KEY', '\\n')}"}`,
    privateKey('RSA PRIVATE KEY', '\n', `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${'0A'.repeat(16)}\n\n`),
  ],
  'putty-private-key': [`Private-Lines: 8\n${chars('base64', 500)}\nPrivate-MAC: 0`],
  'age-secret-key': [`AGE-SECRET-KEY-1${chars('upper', 58)}`],
  jwt: [`Authorization: Bearer ${webToken({ sub: 'user', exp: 1_900_000_000 })}`],
  'connection-string': [
    `DATABASE_URL=postgresql://app:${chars('alnum', 8)}@db:5432/app`,
    `url: 'amqp+tls://u:${chars('alnum', 8)}@[::1]/'`,
    `redis://:${chars('alnum', 8)}@cache`,
    ...[`https://u:${chars('alnum', 8)}@example.com.internal/`, `https://u:${chars('alnum', 8)}@db.example-2.com/`],
  ],
  'generic-password': [`DB_PASSWORD=${chars('alnum', 10)}1x`, `<password>${chars('alnum', 10)}1x</password>`],
  'generic-secret': [
    `SESSION_SECRET="${chars('alnum', 32)}"`,
    `'api-key' => '${chars('hex', 32)}',`,
    `secret_key: ${chars('alnum', 24)}\n`,
  ],
};

/** Texts that have no secret, though they come close to one. */
export const nearMisses: readonly string[] = [
  // A character too short, a word in front, something behind.
  ...[`AKIA${chars('base32', 15)} `, `XAKIA${chars('base32', 16)}`, `AKIA${chars('base32', 16)}Z`],
  ...[`ghp_${chars('alnum', 35)}`, `xghp_${chars('alnum', 36)}`, `npm_${chars('alnum', 37)}`],
  ...[`hf_${chars('alpha', 33)}`, `dapi${chars('hex', 33)}`, `SG.${chars('url', 22)}-${chars('url', 43)}`],
  // Public keys, certificates, and the begin of a key without its end.
  ...[privateKey('PUBLIC KEY'), privateKey('CERTIFICATE'), privateKey('RSA PRIVATE KEY').slice(0, 300)],
  // Samples of documentation.
  `AKIAIOSFODNN7${'EXAMPLE'}`,
  `aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCY${'EXAMPLEKEY'}`,
  `ghp_${'0'.repeat(36)}`,
  webToken({ sub: '1234567890', name: 'John Doe', iat: 1_516_239_022 }),
  // Placeholders, references and code.
  ...[`password: \${DB_PASSWORD1}`, 'PASSWORD=changeme123', 'password = "your-password-1"', 'password={{ vault.pw1 }}'],
  ...['password = self.db2.get_password(x1)', 'passwd: files systemd compat2', `password = os.environ['PASSWORD1']`],
  ...['token = tokenizer.next_token2(stream)', 'secretName: my-release-secret-v1-production', 'token: 0.12.3-alpha.44'],
  ...[
    'postgres://user:password@localhost/db',
    `http://user:\${PASS}@host`,
    'https://example.com:8080/@scope',
    `http://abc:xyz${chars('alnum', 8)}@example.com`,
    `http://u:${chars('alnum', 8)}@proxy.Example.ORG:8080/`,
    'https://user:pass@host/',
    'mongodb://val:psw@127.0.0.1:27017/mydb',
    'dotenv://:key_1234@dotenv.org/vault/.env.vault?environment=development',
    'a://b:c',
  ],
  ...['api_key = "xxxxxxxxxxxxxxxxxxxxxxxxx1"', 'secret = aaaaaaaaaaaaaaaaaaaaaaaa1'],
  ...['"auth": "bm90IGEgcGFpcg=="', `eyJhbGciOiJub25lIn0.${chars('url', 20)}`],
];
