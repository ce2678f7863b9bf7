import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runToEnd, type ToolOptions, type ToolResult } from './run-tool.ts';

/** The launcher of the built agent, as a user calls it. */
export const agentProgram: string = join(import.meta.dirname, '..', '..', 'iar');

// Its own message for this has the form of a usage error, which some tests expect for other reasons.
if (!existsSync(join(agentProgram, '..', 'apps/agent/dist/main.js'))) {
  throw new Error('The agent is not built: node scripts/setup.mjs');
}

/**
 * Runs the built agent to its end. Its environment holds nothing of the caller's but the PATH, so that no credentials
 * or settings of whoever runs the tests take part; `env` adds to that.
 */
export async function runAgent(args: readonly string[], options: ToolOptions = {}): Promise<ToolResult> {
  return await runToEnd(agentProgram, args, { ...options, env: agentEnvironment(options.env) });
}

/** The environment of {@link runAgent}, for tests that start the agent some other way. */
export function agentEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: '/nonexistent', ...more };
}
