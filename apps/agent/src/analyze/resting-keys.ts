/** What is not to be looked at before its time. */
export interface RestingKeys {
  /** @param ms - How long; `onOver` is told then. */
  add(key: string, ms: number): void;
  /** Ends a rest early, without telling `onOver`. @returns whether it rested */
  wake(key: string): boolean;
  /** Nothing gets over any more. */
  clear(): void;
}

/** Options of {@link createRestingKeys}. */
export interface RestingKeysOptions {
  /** How many may rest. */
  readonly most: number;
  readonly onOver: (key: string) => void;
  /** Told of the one that has rested for longest, when there are too many. */
  readonly onDropped: (key: string) => void;
}

/** A timer for each key, and an end to their number. */
export function createRestingKeys({ most, onOver, onDropped }: RestingKeysOptions): RestingKeys {
  const timers = new Map<string, NodeJS.Timeout>();
  return {
    add(key, ms) {
      const timer = setTimeout(() => {
        timers.delete(key);
        onOver(key);
      }, ms);
      timers.set(key, timer);
      const [oldest] = timers;
      if (oldest === undefined || timers.size <= most) return;
      clearTimeout(oldest[1]);
      timers.delete(oldest[0]);
      onDropped(oldest[0]);
    },
    wake(key) {
      clearTimeout(timers.get(key));
      return timers.delete(key);
    },
    clear() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
