import { z } from 'zod';
import { oneValue } from './one-value.ts';

const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimalSuffixes = ['', 'k', 'M', 'G', 'T', 'P', 'E'];

/** Bytes as Kubernetes writes quantities: `512Mi`, `10G`, `1.5Gi`, `1e9` or a plain number, rounded up. */
export function quantity(from = 0): z.ZodType<number> {
  return oneValue.transform((text, ctx) => {
    const bytes = parseQuantity(text);
    if (bytes !== undefined && bytes >= from) return bytes;
    const tooSmall = `is too small; it takes at least ${formatQuantity(from)}`;
    const message = bytes === undefined ? 'is not a number of bytes such as 512Mi, 20Gi or 10G' : tooSmall;
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

/** Bytes in the shortest exact form with a binary suffix: 67108864 is `64Mi`. */
export function formatQuantity(bytes: number): string {
  let power = 0;
  while (bytes > 0 && bytes % 1024 === 0 && power < binarySuffixes.length - 1) {
    bytes /= 1024;
    power++;
  }
  return `${bytes}${binarySuffixes[power]}`;
}

/** Exact in bytes; `undefined` for other text and for more than can be counted. */
function parseQuantity(text: string): number | undefined {
  const match = /^\+?(\d{1,18})(?:\.(\d{0,18}))?(?:([KMGTPE]i|[kMGTPE])|[eE]\+?(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', suffix = '', exponent = '0'] = match;
  const unit = binarySuffixes.includes(suffix)
    ? 1024n ** BigInt(binarySuffixes.indexOf(suffix))
    : 1000n ** BigInt(decimalSuffixes.indexOf(suffix));
  const divisor = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * unit * 10n ** BigInt(exponent);
  const bytes = Number((scaled + divisor - 1n) / divisor);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
