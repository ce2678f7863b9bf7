import { type AgentMetrics, createMetrics } from './metrics.ts';

/** Metrics of an agent in a test, without those of the process; an update that fails throws. */
export function testMetrics(): AgentMetrics {
  return createMetrics({
    ...{ version: '1', runtime: false },
    onError(error) {
      throw error;
    },
  });
}
