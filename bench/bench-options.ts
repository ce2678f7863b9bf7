import { parseArgs } from 'node:util';

/** What every bench can be asked on its command line. */
export interface BenchOptions {
  /** How often each thing is measured; figures are medians. */
  readonly runs: number;
  /** Whether the report is one JSON object instead of a table. */
  readonly json: boolean;
}

/** Reads the command line of a bench that has no options of its own. Throws for what is none. */
export function benchOptions(): BenchOptions {
  const { values } = parseArgs({
    options: { runs: { type: 'string', default: '3' }, json: { type: 'boolean', default: false } },
  });
  return { runs: wholeRuns(values.runs), json: values.json };
}

/** The number of runs that `--runs` says. Throws where it says none. */
export function wholeRuns(text: string): number {
  const runs = Number(text);
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs: a whole number from 1 on');
  return runs;
}

/** Says what is going on, beside the report. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}
