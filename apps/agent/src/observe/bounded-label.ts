/** What a label may look like; anything else could carry a path, a name or a line break of somebody else's. */
const plainLabel = /^[A-Za-z0-9_.-]{1,64}$/;
const otherLabel = 'other';

/**
 * A function that gives a label back as it is, but `other` for what is no plain word and for every new value once
 * there are `most`: what a server or an image says must not make time series without end.
 */
export function boundedLabel(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= most || !plainLabel.test(value)) return otherLabel;
    known.add(value);
    return value;
  };
}
