import type { Logger } from './logger.ts';

/** A line of a {@link MemoryLogger}. */
export interface LoggedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into fields of any kind
  readonly fields: Record<string, any>;
}

/** A log to look into. */
export interface MemoryLogger extends Logger {
  readonly lines: readonly LoggedLine[];
  /** The messages of a level, in order. */
  messages(level: LoggedLine['level']): string[];
}

/** A logger that keeps what it is told. */
export function memoryLogger(): MemoryLogger {
  const lines: LoggedLine[] = [];
  const at =
    (level: LoggedLine['level']) =>
    (message: string, fields: object = {}): void =>
      void lines.push({ level, message, fields: { ...fields } });
  const logger: MemoryLogger = {
    lines,
    messages: (level) => lines.filter((line) => line.level === level).map(({ message }) => message),
    ...{ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    child: () => logger,
  };
  return logger;
}
