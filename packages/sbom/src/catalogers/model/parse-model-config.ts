import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { ModelConfigFacts } from './facts.ts';

const maxArchitectures = 16;

/**
 * What a `config.json` in the manner of Hugging Face Transformers says of the model beside it.
 *
 * @returns undefined for the many other files of that name
 */
export function parseModelConfig(text: string): ModelConfigFacts | undefined {
  const config = objectOf(text);
  if (config === undefined) return undefined;
  const { model_type: modelType, architectures, _name_or_path: name } = config;
  if (typeof modelType !== 'string' && !Array.isArray(architectures)) return undefined;
  const classes = Array.isArray(architectures) ? architectures.filter(isToken).slice(0, maxArchitectures) : [];
  const facts = withoutUndefined({
    name: isToken(name) ? name : undefined,
    modelType: isToken(modelType) ? modelType : undefined,
    architectures: classes.length > 0 ? classes : undefined,
  });
  return Object.keys(facts).length === 0 ? undefined : { kind: 'config', ...facts };
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && isPlainToken(value);
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    // A template or anything else that has this name.
    return undefined;
  }
}
