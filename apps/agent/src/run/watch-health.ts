import type { Health } from '../observe/health.ts';

/** What the probes learn of the watch for workloads. */
export interface WatchHealth {
  /** Something was heard of what runs, though not yet all of it. */
  heard(): void;
  /** Everything that runs is known. */
  synced(): void;
  /** Nothing is heard for now; `detail` says why. */
  interrupted(detail: string): void;
}

/** Options of {@link watchHealth}. */
export interface WatchHealthOptions {
  /** ms without a word from the source after which only a restart can help; absent where none ever would. */
  readonly longestSilence: number | undefined;
}

/**
 * Tells the probes how the watch is: ready while everything that runs is known, and alive unless the source has been
 * silent for too long at a stretch. However often the source is tried meanwhile, one outage is one.
 */
export function watchHealth(health: Health, { longestSilence }: WatchHealthOptions): WatchHealth {
  const component = health.component('watch', longestSilence === undefined ? {} : { deadline: longestSilence });
  let isSilent = true;
  // A source that has never said anything is an outage too.
  component.progress();
  return {
    heard() {
      if (isSilent) component.progress();
    },
    synced() {
      isSilent = false;
      component.idle();
      component.up();
    },
    interrupted(detail) {
      if (!isSilent) component.progress();
      isSilent = true;
      component.down(detail);
    },
  };
}
