/** Sleeps between attempts. For one loop. */
export interface Sleeper {
  /** Sleeps for so many ms, until it is woken, or not at all where it was woken since it last slept. */
  doze(ms: number): Promise<void>;
  /** Sleeps for so many ms whoever wakes it. By a timer: a clock may be set. */
  sleep(ms: number): Promise<void>;
  wake(): void;
  /** Ends this sleep and all later ones. */
  end(): void;
}

/** Longest single timer, ms; what is longer is slept in parts. */
const longestTimer = 60_000;

/** A sleeper that is awake. */
export function createSleeper(): Sleeper {
  let hasEnded = false;
  let bell = Promise.withResolvers<void>();
  const doze = async (ms: number): Promise<void> => {
    if (hasEnded) return;
    const timer = setTimeout(() => bell.resolve(), ms);
    await bell.promise;
    clearTimeout(timer);
    bell = Promise.withResolvers<void>();
  };
  return {
    doze,
    async sleep(ms) {
      let isOver = false;
      const timer = setTimeout(() => {
        isOver = true;
        bell.resolve();
      }, ms);
      while (!isOver && !hasEnded) await doze(longestTimer);
      clearTimeout(timer);
    },
    wake: () => bell.resolve(),
    end() {
      hasEnded = true;
      bell.resolve();
    },
  };
}
