/** Takes secrets out of texts. */
export interface Redactor {
  /** The text with `***` for every secret that is known or shows by its form. */
  readonly redact: (text: string) => string;
  /** Makes one more secret known, such as a token just issued. The last 200 are remembered. */
  readonly add: (secret: string) => void;
}

const mask = '***';
const mostSecrets = 200;
/** Shorter ones would mask every other word, and that would tell what they are. */
const shortestSecret = 4;
/** Encoded forms of shorter ones match by chance. */
const shortestEncoded = 8;

/**
 * What shows by its form, for the secrets nobody made known. Each repetition is bounded or starts where the one before
 * ended, so the time is linear whatever the text.
 */
const forms: readonly (readonly [RegExp, string])[] = [
  // User info of a URL; greedy, as a password may hold an @.
  [/:\/\/[^\s/?#"'<>\\]{1,2048}@/g, `://${mask}@`],
  // `Authorization: Basic …` and its kin as they stand in a header or in JSON.
  [
    /\b((?:proxy-)?authorization|x-registry-auth|(?:set-)?cookie)(["']?[:=]\s*["']?)(?:\w+ +)?[^\s"',]+/gi,
    `$1$2${mask}`,
  ],
  [/\b(Bearer|Basic) +(?=[\w.~+/=-]{0,256}[A-Z0-9])[\w.~+/=-]{16,}/gi, `$1 ${mask}`],
  // A parameter of a signed query or of a form, then a member of a JSON text.
  [
    /(?<![\w-])([\w-]{0,128}(?:token|secret|password|passwd|signature|credential|api_?key)|sig)=[^\s&"'<>;,)]+/gi,
    `$1=${mask}`,
  ],
  [
    /"([\w-]{0,128}(?:token|secret|password|passwd|signature|credential|api_?key)|auth)(\\?"\s{0,8}:\s{0,8}\\?")[^"\\]+/gi,
    `"$1$2${mask}`,
  ],
  // A JSON Web Token.
  [/\beyJ[\w-]{8,512}\.eyJ[\w-]{8,}\.[\w-]*/g, mask],
];

/**
 * A redactor that knows these secrets, in each form they can take in a text: as they are, in a URL, in JSON, and inside
 * base64 such as that of a Basic header. Texts shorter than 4 characters are not taken for secrets.
 */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const known = new Map<string, readonly string[]>();
  let pattern: RegExp | undefined;
  const remember = (secret: string): void => {
    if (secret.length < shortestSecret) return;
    known.delete(secret);
    known.set(secret, spellings(secret));
    const oldest = known.size > mostSecrets ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
  };
  const compile = (): void => {
    // The longest first: one secret may begin with another.
    const all = [...new Set([...known.values()].flat())].sort((a, b) => b.length - a.length);
    pattern = all.length === 0 ? undefined : new RegExp(all.map(literally).join('|'), 'g');
  };
  for (const secret of secrets) remember(secret);
  compile();
  return {
    redact: (text) => {
      const withoutKnown = pattern ? text.replace(pattern, mask) : text;
      return forms.reduce((rest, [form, replacement]) => rest.replace(form, replacement), withoutKnown);
    },
    add: (secret) => {
      remember(secret);
      compile();
    },
  };
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function spellings(secret: string): string[] {
  const text = secret.toWellFormed();
  const plain = [
    secret,
    encodeURIComponent(text),
    new URLSearchParams({ '': text }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
  ];
  return text.length < shortestEncoded ? plain : [...plain, ...encoded(Buffer.from(text))];
}

/** The characters of base64 that only the secret decides, for each place in a group of three bytes it can start at. */
function encoded(secret: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const base64 = Buffer.concat([Buffer.alloc(before), secret]).toString('base64');
    const whole = Math.floor(((before + secret.length) * 8) / 6);
    const inner = base64.slice(Math.ceil((before * 8) / 6), whole);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
