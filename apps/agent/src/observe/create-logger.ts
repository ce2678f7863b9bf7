import { pino } from 'pino';
import type { LogDestination } from './log-destination.ts';
import { type LineOptions, loggableLine } from './loggable.ts';
import type { Logger } from './logger.ts';

/** Options of {@link createLogger}. */
export interface LoggerOptions extends LineOptions {
  /** Takes each line, with its newline; see `openLogDestination`. */
  readonly destination: LogDestination;
  /** Whether debug lines are written, and errors with their stacks. */
  readonly debug: boolean;
  /** ms since epoch. */
  readonly now: () => number;
}

interface Entry {
  readonly message: string;
  /** Of the children from the outermost in, then of the line. */
  readonly fields: readonly (object | undefined)[];
}

/**
 * A log of JSON lines: `level` as a word, `time` as RFC 3339 with ms, `msg`, then the fields; an error becomes name, code,
 * message, hint and its chain of causes. Whatever is written, keys included, is redacted, shortened and free of control
 * characters; fields named `level`, `time` or `msg` get a `_` appended.
 */
export function createLogger(options: LoggerOptions): Logger {
  const log = pino(
    {
      level: options.debug ? 'debug' : 'info',
      base: null,
      timestamp: () => `,"time":"${new Date(options.now()).toISOString()}"`,
      // The line is made of plain values already; pino's own serializer would take its errors apart again.
      serializers: { err: (value: unknown) => value },
      formatters: {
        level: (label) => ({ level: label }),
        log: (entry) => {
          const { message, fields } = entry as unknown as Entry;
          return loggableLine(message, fields, { redact: options.redact, stacks: options.debug });
        },
      },
    },
    options.destination,
  );
  return withFields(log, []);
}

type Level = 'debug' | 'info' | 'warn' | 'error';

function withFields(log: Record<Level, (entry: Entry) => void>, inherited: Entry['fields']): Logger {
  const write = (level: Level) => (message: string, fields?: object) =>
    log[level]({ message, fields: [...inherited, fields] });
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => withFields(log, [...inherited, fields]),
  };
}
