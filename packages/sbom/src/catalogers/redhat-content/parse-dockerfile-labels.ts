/** Labels of one file; real ones have some tens. */
const maxLabels = 1_000;

/** A name, and a value with or without quotes; a backslash takes the next character as it is. */
const assignment = /("(?:[^"\\]|\\.)*"|[^\s="]+)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s"\\]|\\.)*)/gy;

/**
 * Reads the `LABEL` instructions of a Dockerfile, in either form: `LABEL a=b "c"="d e"` and `LABEL a b`. The later of two
 * with one name counts, as in a build. Never throws.
 */
export function parseDockerfileLabels(text: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  // An instruction goes on where its line ends in a backslash; lines of comment between are no part of it.
  const whole = text.replace(/^[ \t]*#.*(?:\n|$)/gm, '').replace(/\\[ \t]*\r?\n/g, ' ');
  for (const line of whole.split(/\r?\n/)) {
    const content = /^[ \t]*LABEL\s+(.*)$/is.exec(line)?.[1]?.trim();
    if (content === undefined) continue;
    for (const [name, value] of labelsOf(content)) {
      if (labels.size >= maxLabels) return labels;
      labels.set(name, value);
    }
  }
  return labels;
}

function* labelsOf(content: string): Generator<[name: string, value: string]> {
  const old = /^(\S+)\s+(.*)$/s.exec(content);
  if (old !== null && !old[1]?.includes('=')) {
    yield [unquoted(old[1] ?? ''), unquoted(old[2] ?? '')];
    return;
  }
  for (let at = 0; at < content.length; at = assignment.lastIndex) {
    assignment.lastIndex = at + (/^\s+/.exec(content.slice(at))?.[0].length ?? 0);
    const found = assignment.exec(content);
    if (found === null) return;
    yield [unquoted(found[1] ?? ''), unquoted(found[2] ?? '')];
  }
}

function unquoted(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1);
  const inner = text.startsWith('"') && text.endsWith('"') && text.length > 1 ? text.slice(1, -1) : text;
  return inner.replace(/\\(.)/g, '$1');
}
