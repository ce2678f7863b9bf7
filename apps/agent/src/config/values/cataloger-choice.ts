import { type CatalogerChoices, chooseCatalogers } from '@falcon-iar/sbom';
import type { z } from 'zod';
import { listOf } from './list-of.ts';
import { oneValue } from './one-value.ts';

/** A choice of catalogers as sbom's `chooseCatalogers` reads it. Each entry is judged alone, then all together. */
export function catalogerChoice(choices: CatalogerChoices): z.ZodType<readonly string[]> {
  const names = choices.available.map(({ name }) => name);
  const known = new Set(['all', ...names]);
  const entry = oneValue
    .toLowerCase()
    .refine((text) => known.has(text.replace(/^[+-]/, '')), { error: `is none of ${[...known].join(', ')}` });
  return listOf(entry).superRefine((choice, context) => {
    try {
      chooseCatalogers(choice, choices);
    } catch {
      context.addIssue({
        code: 'custom',
        message: 'has names and changes (+, -); either of them can be given, not both',
      });
    }
  });
}
