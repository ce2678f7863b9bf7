import type { AnswerHead } from './exchange.ts';
import type { NoticeListener } from './falcon-notice.ts';

/** Calls and texts that are remembered; paths may hold ids, so there is no end to them. */
const maxRemembered = 1000;

/** Tells of the calls that the cloud marks with `X-Api-Deprecation…` headers, once for each call and text. */
export class DeprecationWatch {
  readonly #listener: NoticeListener | undefined;
  readonly #told = new Set<string>();

  constructor(listener: NoticeListener | undefined) {
    this.#listener = listener;
  }

  /** Looks at one answer. */
  observe({ request: { method, url }, header, headerNames, traceId }: AnswerHead): void {
    const names = headerNames.filter((name) => name.startsWith('x-api-deprecation'));
    if (names.length === 0) {
      return;
    }
    const headers = Object.fromEntries(names.map((name) => [name, oneLine(header(name) ?? '')]));
    const key = JSON.stringify([method, url, headers]);
    if (this.#told.has(key) || this.#told.size >= maxRemembered) {
      return;
    }
    this.#told.add(key);
    this.#listener?.({ kind: 'deprecation', method, url, headers, ...(traceId === undefined ? {} : { traceId }) });
  }
}

function oneLine(text: string): string {
  return text.replace(/\p{C}+/gu, ' ').slice(0, 300);
}
