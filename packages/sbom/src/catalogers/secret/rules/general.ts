import { assigned, prefixed, type SecretRule } from '../secret-rule.ts';

/** Private keys and tokens of open formats. They come before what only a name tells. */
export const formatRules: readonly SecretRule[] = [
  {
    id: 'private-key',
    title: 'Private key (PEM, PKCS #8, OpenSSH, OpenPGP)',
    anchors: ['-----BEGIN'],
    from: 'anchor',
    // The body ends at the first dash; headers of encrypted keys have dashes of their own.
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}?PRIVATE KEY(?: BLOCK)?-----(?:[\s\\nr]{1,8}Proc-Type: 4,ENCRYPTED[\s\\nr]{1,8}DEK-Info: [A-Z0-9-]{3,30},[0-9A-Fa-f]{16,64}(?![0-9A-Fa-f]))?(?<secret>[A-Za-z0-9+/=\s\\"',:.()]{64,16000})(?=-----END)/y,
    form: 'token',
    window: 16_384,
  },
  {
    id: 'putty-private-key',
    title: 'PuTTY private key',
    anchors: ['Private-Lines:'],
    from: 'anchor',
    pattern: /Private-Lines: [0-9]{1,3}\s{1,2}(?<secret>[A-Za-z0-9+/=\s]{40,12000})(?=Private-)/y,
    form: 'token',
    window: 16_384,
  },
  prefixed('age-secret-key', 'age secret key', ['AGE-SECRET-KEY-1'], '[0-9A-Z]{58}(?![0-9A-Za-z])'),
  {
    id: 'jwt',
    title: 'JSON web token',
    anchors: ['eyJhbGci', 'eyJ0eXAi', 'eyJraWQi', 'eyJlbmMi', 'eyJjdHki', 'eyJ4NXQ', 'eyJqa3Ui', 'eyJpc3Mi'],
    from: 'anchor',
    pattern:
      /(?<![A-Za-z0-9])(?<secret>eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{8,6000}\.[A-Za-z0-9_-]{16,1400})(?![A-Za-z0-9_-])/y,
    form: 'jwt',
    window: 10_000,
  },
  {
    id: 'connection-string',
    title: 'Address with a password',
    anchors: ['://'],
    from: 'word',
    pattern:
      /[A-Za-z][A-Za-z0-9.-]{1,24}:\/\/(?:[^\s:/@"'`<>(){}[\]\\$?#]{0,64}):(?<secret>[^\s:/@"'`<>(){}[\]\\$?#]{3,128})(?=@[A-Za-z0-9[])/y,
    form: 'address-password',
  },
];

/** Values that only their name gives away. Any other rule for the same value counts before these. */
export const namedRules: readonly SecretRule[] = [
  assigned(
    'generic-password',
    'Password, by the name it is assigned to',
    ['passw', 'passphrase', '_pwd', '-pwd', 'dbpass', 'db_pass', 'userpass', 'user_pass'],
    '[A-Za-z0-9+/=_.~!@#%^&*?|-]{8,128}(?![A-Za-z0-9+/=_.~!@#%^&*?|([{$-])',
    'password',
  ),
  assigned(
    'generic-secret',
    'Key or token, by the name it is assigned to',
    [
      ...['secret', 'token', 'apikey', 'api_key', 'api-key', 'access_key', 'access-key', 'accesskey', 'private_key'],
      ...['credential', 'auth_key', 'authkey', 'auth-key', 'signing_key', 'encryption_key', 'master_key'],
    ],
    '[A-Za-z0-9+/=_.~-]{16,256}(?![A-Za-z0-9+/=_.~([{$-])',
    'random',
  ),
];
