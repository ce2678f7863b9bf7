/** Something that can be let finish, or ended. */
export interface Drainable {
  drain(): Promise<void>;
  abort(reason: unknown): void;
}

/** Lets each in turn finish, all within `ms`; what does not is ended. @returns whether all finished */
export async function drainInTurn(parts: readonly Drainable[], ms: number): Promise<boolean> {
  let isInTime = true;
  const timer = setTimeout(() => {
    isInTime = false;
    for (const part of parts) part.abort(new Error('the time to finish is over'));
  }, ms);
  try {
    for (const part of parts) await part.drain();
  } finally {
    clearTimeout(timer);
  }
  return isInTime;
}
