import type { RunningAgent } from './running-agent.ts';

/** The samples of one of the agent's metrics: by the value of its label, by `''` where it has none. */
export async function metricOf(agent: RunningAgent, name: string): Promise<Record<string, number>> {
  const { body } = await agent.get('/metrics');
  const samples = body.matchAll(new RegExp(`^${name}(?:\\{\\w+="(.*)"\\})? (\\S+)$`, 'gm'));
  return Object.fromEntries([...samples].map(([, label = '', value]) => [label, Number(value)]));
}
