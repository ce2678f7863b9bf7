import { untilTestEnds } from '../../testing/until-test-ends.test-support.ts';
import { GoogleDouble } from './google-double.test-support.ts';
import type { GoogleOptions } from './google-options.ts';

/** A machine with files, an environment and a clock, beside a {@link GoogleDouble}. */
export interface Machine {
  readonly google: GoogleDouble;
  /** Files by path; may be changed. */
  readonly files: Map<string, string>;
  readonly clock: { machine: number; google: number };
  /** How long was waited before asking again, ms. */
  readonly waits: number[];
  readonly options: GoogleOptions;
}

/** The time it is when a test starts. */
export const testStart: number = Date.parse('2026-03-01T12:00:00Z');

/** Sets a machine up until the test ends. It trusts the double; without that nothing may be sent there. */
export async function machine(changes: GoogleOptions = {}): Promise<Machine> {
  const clock = { machine: testStart, google: testStart };
  const google = untilTestEnds(await GoogleDouble.start({ now: () => clock.google }));
  const files = new Map<string, string>();
  const waits: number[] = [];
  const options: GoogleOptions = {
    now: () => clock.machine,
    trustedHosts: [google.host],
    readFile: async (path) => {
      const content = files.get(path);
      if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return content;
    },
    retry: {
      random: () => 0.5,
      sleep: async (ms) => {
        waits.push(ms);
      },
    },
    ...changes,
  };
  return { google, files, clock, waits, options };
}
