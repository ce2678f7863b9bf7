import { describe, expect, it } from 'vitest';
import { createHealth, type Health } from '../observe/health.ts';
import { type WatchHealth, watchHealth } from './watch-health.ts';

const longestSilence = 120_000;

function start(options: { readonly longestSilence: number | undefined } = { longestSilence }) {
  let time = 0;
  const health = createHealth({ now: () => time, monotonic: () => time });
  const watch = watchHealth(health, options);
  const pass = (ms: number): void => {
    time += ms;
  };
  return { health, watch, pass };
}

const probes = (health: Health) => ({ alive: health.liveness().ok, ready: health.readiness().ok });

/** Tries in vain, every ten seconds. */
function tryFor(ms: number, watch: WatchHealth, pass: (ms: number) => void): void {
  for (let passed = 0; passed < ms; passed += 10_000) {
    watch.interrupted('connection refused');
    pass(10_000);
  }
}

describe('the health of the watch', () => {
  it('is ready when everything that runs is known, however long nothing happens then', () => {
    const { health, watch, pass } = start();
    expect(probes(health)).toEqual({ alive: true, ready: false });
    watch.synced();
    pass(100 * longestSilence);
    expect(probes(health)).toEqual({ alive: true, ready: true });
  });

  it('is not ready and alive in an outage, and asks for a restart when the outage has lasted', () => {
    const { health, watch, pass } = start();
    watch.synced();
    pass(longestSilence);
    tryFor(longestSilence, watch, pass);
    expect(probes(health)).toEqual({ alive: true, ready: false });
    expect(health.liveness().components.watch).toMatchObject({ ok: true, detail: 'connection refused' });
    pass(1);
    expect(probes(health)).toEqual({ alive: false, ready: false });
  });

  it('asks for a restart also where the source has never said anything', () => {
    const { health, watch, pass } = start();
    tryFor(longestSilence + 10_000, watch, pass);
    expect(probes(health)).toEqual({ alive: false, ready: false });
  });

  it('counts each outage by itself', () => {
    const { health, watch, pass } = start();
    for (let outage = 0; outage < 3; outage += 1) {
      tryFor(longestSilence, watch, pass);
      watch.synced();
      expect(probes(health)).toEqual({ alive: true, ready: true });
    }
  });

  it('lives again when the source answers after all', () => {
    const { health, watch, pass } = start();
    tryFor(2 * longestSilence, watch, pass);
    watch.synced();
    expect(probes(health)).toEqual({ alive: true, ready: true });
  });

  it('gives a long list its time', () => {
    const { health, watch, pass } = start();
    for (let part = 0; part < 5; part += 1) {
      pass(longestSilence - 1);
      watch.heard();
    }
    expect(probes(health)).toEqual({ alive: true, ready: false });
  });

  it('never asks for a restart where none would help', () => {
    const { health, watch, pass } = start({ longestSilence: undefined });
    tryFor(100 * longestSilence, watch, pass);
    expect(probes(health)).toEqual({ alive: true, ready: false });
  });
});
