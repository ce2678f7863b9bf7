import { register } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { type AgentMetrics, createMetrics } from './metrics.ts';

function make(onError: (error: unknown) => void = () => undefined): AgentMetrics {
  return createMetrics({ version: '1.2.3', runtime: false, onError });
}

/** The samples, `name{labels}` to value. */
async function samples(metrics: AgentMetrics): Promise<Record<string, number>> {
  const lines = (await metrics.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]));
}

describe('createMetrics', () => {
  it('begins with zeros, so that the first of each counts as an increase', async () => {
    expect(await samples(make())).toMatchObject({
      'iar_build_info{version="1.2.3"}': 1,
      iar_containers_seen_total: 0,
      'iar_images_analyzed_total{outcome="failed"}': 0,
      'iar_layers_total{from="cache"}': 0,
      iar_watch_synced: 0,
    });
  });

  it('shows what was measured', async () => {
    const metrics = make();
    metrics.containersSeen.inc();
    metrics.imagesAnalyzed.inc({ outcome: 'partial' });
    metrics.analysisDuration.observe(3);
    metrics.analysesRunning.inc();
    metrics.layers.inc({ from: 'registry' });
    metrics.layerBytes.inc({ from: 'registry' }, 1000);
    metrics.problems.inc({ cataloger: 'dpkg' }, 2);
    metrics.watchLastEvent.set(1_700_000_000);
    expect(await samples(metrics)).toMatchObject({
      iar_containers_seen_total: 1,
      'iar_images_analyzed_total{outcome="partial"}': 1,
      'iar_analysis_duration_seconds_bucket{le="2.5"}': 0,
      'iar_analysis_duration_seconds_bucket{le="5"}': 1,
      iar_analyses_running: 1,
      'iar_layer_bytes_total{from="registry"}': 1000,
      'iar_problems_total{cataloger="dpkg"}': 2,
      iar_watch_last_event_timestamp_seconds: 1_700_000_000,
    });
  });

  it('never shows the directory of a sink; several of a kind become one', async () => {
    const metrics = make();
    metrics.deliveries.inc({ sink: 'file:/var/reports', outcome: 'delivered' });
    metrics.deliveries.inc({ sink: 'falcon', outcome: 'retried' });
    metrics.setOutbox([{ sink: 'falcon', length: 9, oldestSeconds: 1 }]);
    metrics.setOutbox([
      { sink: 'file:/a', length: 2, oldestSeconds: 10 },
      { sink: 'file:/b', length: 3, oldestSeconds: 5 },
    ]);
    const shown = await samples(metrics);
    expect(shown).toMatchObject({
      'iar_deliveries_total{sink="file",outcome="delivered"}': 1,
      'iar_deliveries_total{sink="falcon",outcome="retried"}': 1,
      'iar_outbox_length{sink="file"}': 5,
      'iar_outbox_oldest_seconds{sink="file"}': 10,
    });
    expect(shown).not.toHaveProperty(['iar_outbox_length{sink="falcon"}']);
  });

  it('has few series, whatever codes and catalogers come up', async () => {
    const metrics = make();
    for (let i = 0; i < 1000; i += 1) {
      metrics.analysisFailures.inc({ code: `CODE_${i}` });
      metrics.problems.inc({ cataloger: `c${i}` });
    }
    const shown = await samples(metrics);
    expect(Object.keys(shown).filter((name) => /failures_total\{|problems/.test(name)).length).toBeLessThan(130);
    expect(shown['iar_analysis_failures_total{code="other"}']).toBe(940);
  });

  it('brings values up to date when they are read; one that fails does not hide the others', async () => {
    const errors: unknown[] = [];
    const metrics = make((error) => errors.push(error));
    const failure = new Error('database is closed');
    metrics.onScrape(() => {
      throw failure;
    });
    metrics.onScrape(() => metrics.queueLength.set(7));
    expect(await samples(metrics)).toMatchObject({ iar_queue_length: 7, iar_scrape_failures_total: 1 });
    expect(errors).toEqual([failure]);
  });

  it('measures the process when asked to, and never touches the global registry', async () => {
    const metrics = createMetrics({ version: '1', runtime: true, onError: () => undefined });
    expect(await samples(metrics)).toMatchObject({ process_resident_memory_bytes: expect.any(Number) });
    expect(register.getMetricsAsArray()).toEqual([]);
  });
});
