import { exitCode } from '../cli/exit-code.ts';

/** One thing that is wrong with the configuration. */
export interface SettingProblem {
  /** What and where, such as `AGENT_RUNTIME (--runtime): "dcoker" is none of …`, without any secret. */
  readonly message: string;
  /** What to set. */
  readonly hint: string;
}

/** Everything that is wrong with a configuration, at once. Exit code 2. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  readonly exitCode: number = exitCode.usage;
  readonly problems: readonly SettingProblem[];
  /** What to do, where there is only one problem; else each message says it. */
  readonly hint: string | undefined;

  /** @param problems - At least one. */
  constructor(problems: readonly SettingProblem[]) {
    super(summarize(problems));
    this.problems = problems;
    this.hint = problems.length === 1 ? problems[0]?.hint : undefined;
  }
}

/** In one line, so that it also fits a log. */
function summarize(problems: readonly SettingProblem[]): string {
  if (problems.length === 1) return problems[0]?.message ?? '';
  const list = problems.map(({ message, hint }, index) => `(${index + 1}) ${message}: ${hint}`).join('; ');
  return `${problems.length} problems in the configuration: ${list}`;
}
