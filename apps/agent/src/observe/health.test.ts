import { describe, expect, it } from 'vitest';
import { createHealth, type Health } from './health.ts';

function make(): { health: Health; pass: (ms: number) => void } {
  let time = Date.UTC(2026, 0, 1);
  return {
    health: createHealth({ now: () => time, monotonic: () => time, redact: (text) => text.replace('pw', '***') }),
    pass: (ms) => {
      time += ms;
    },
  };
}

describe('readiness', () => {
  it('waits for each component to be up, but for those that count as up from the start', () => {
    const { health, pass } = make();
    const watch = health.component('watch');
    health.component('sink falcon', { up: true });
    expect(health.readiness()).toEqual({
      ok: false,
      components: {
        watch: { ok: false, since: '2026-01-01T00:00:00.000Z', detail: 'starting' },
        'sink falcon': { ok: true, since: '2026-01-01T00:00:00.000Z' },
      },
    });
    pass(1000);
    watch.up();
    expect(health.readiness()).toMatchObject({
      ok: true,
      components: { watch: { since: '2026-01-01T00:00:01.000Z' } },
    });
  });

  it('tells since when a component is down, however often it says so again', () => {
    const { health, pass } = make();
    const sink = health.component('sink', { up: true });
    pass(1000);
    sink.down('refused');
    pass(1000);
    sink.down('refused again by\nproxy with pw');
    expect(health.readiness()).toEqual({
      ok: false,
      components: {
        sink: { ok: false, since: '2026-01-01T00:00:01.000Z', detail: 'refused again by\\u000aproxy with ***' },
      },
    });
    expect(health.liveness().ok).toBe(true);
  });
});

describe('liveness', () => {
  it('ends with a component that has ended, for good', () => {
    const { health } = make();
    const watch = health.component('watch');
    watch.dead('the loop ended');
    watch.up();
    expect(health.liveness()).toMatchObject({ ok: false, components: { watch: { detail: 'the loop ended' } } });
    expect(health.readiness().ok).toBe(false);
  });

  it('ends when a component at work makes no progress within its deadline, and comes back with the progress', () => {
    const { health, pass } = make();
    const analysis = health.component('analysis', { up: true, deadline: 60_000 });
    pass(3_600_000);
    expect(health.liveness().ok).toBe(true);
    analysis.progress();
    pass(60_000);
    expect(health.liveness().ok).toBe(true);
    pass(30_000);
    expect(health.liveness()).toEqual({
      ok: false,
      components: { analysis: { ok: false, since: '2026-01-01T01:01:00.000Z', detail: 'no progress for 90 s' } },
    });
    expect(health.readiness().ok).toBe(false);
    analysis.progress();
    expect(health.liveness().ok).toBe(true);
    analysis.idle();
    pass(3_600_000);
    expect(health.liveness().ok).toBe(true);
  });

  it('goes by a clock that nobody can set', () => {
    let wall = 0;
    const health = createHealth({ now: () => wall });
    health.component('analysis', { up: true, deadline: 60_000 }).progress();
    wall = 1e12;
    expect(health.liveness().ok).toBe(true);
  });
});

it('gives the same component to whoever asks for its name', () => {
  const { health } = make();
  health.component('watch', { up: true });
  health.component('watch').down('gone');
  expect(health.readiness()).toMatchObject({ ok: false, components: { watch: { detail: 'gone' } } });
});
