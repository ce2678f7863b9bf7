import type { Report, ReportContexts, Sink } from './sink.ts';

/** A sink and what it was given. */
export interface SinkDouble {
  readonly sink: Sink;
  readonly sent: readonly Report[];
  readonly extended: readonly { readonly identity: string; readonly contexts: ReportContexts }[];
  /** What it does next: throws what stands here, or what a function of the signal does. */
  readonly answers: unknown[];
}

/** A sink that does with each report what the next of `answers` does; without more answers it takes it. */
export function sinkOf(...answers: unknown[]): SinkDouble {
  const sent: Report[] = [];
  const extended: { identity: string; contexts: ReportContexts }[] = [];
  const answer = async (signal: AbortSignal): Promise<void> => {
    const next = answers.shift();
    if (typeof next === 'function') await (next as (signal: AbortSignal) => Promise<void>)(signal);
    else if (next !== undefined) throw next;
  };
  const sink: Sink = {
    name: 'file:reports',
    async send(report, { signal }) {
      sent.push(report);
      await answer(signal);
    },
    async extend(identity, contexts, { signal }) {
      extended.push({ identity, contexts });
      await answer(signal);
    },
    close: async () => undefined,
  };
  return { sink, sent, extended, answers };
}
