import { readFileSync } from 'node:fs';
import { exitCode, signalExitCode } from '../cli/exit-code.ts';
import { agentVersion } from '../cli/version.ts';
import { readSettings } from '../config/read-settings.ts';
import { secretValues } from '../config/secret-values.ts';
import { createLogger } from '../observe/create-logger.ts';
import { openLogDestination } from '../observe/log-destination.ts';
import type { Logger } from '../observe/logger.ts';
import { createMetrics } from '../observe/metrics.ts';
import { createRedactor } from '../observe/redactor.ts';
import { runAgent } from './run-agent.ts';

/**
 * `iar run`: reads the settings and runs the agent until a signal ends it.
 *
 * @param flags - As commander gives them.
 * @param signal - Its reason is the name of the process signal.
 * @returns the exit code
 */
export async function run(flags: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<number> {
  const env = process.env;
  const { settings, notices } = readSettings({ flags, env, readFile: (path) => readFileSync(path, 'utf8') });
  const metrics = createMetrics({
    ...{ version: agentVersion(), runtime: true },
    onError: (err) => logger.warn('a metric could not be brought up to date', { err }),
  });
  const { redact } = createRedactor(secretValues(settings));
  const destination = openLogDestination({
    fd: settings.logOutput,
    now: Date.now,
    onLost: () => metrics.logLinesLost.inc(),
  });
  const logger: Logger = createLogger({ destination, debug: settings.debug, redact, now: Date.now });
  for (const notice of notices) logger.warn(notice);
  try {
    await runAgent(settings, { environment: env, metrics, logger, redact, signal });
  } catch (error) {
    if (error !== signal.reason || !signal.aborted) throw error;
  }
  if (!signal.aborted) return exitCode.unexpected;
  return signalExitCode(signal.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
}
