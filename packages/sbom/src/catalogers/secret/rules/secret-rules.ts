import type { SecretRule } from '../secret-rule.ts';
import { cloudRules } from './cloud.ts';
import { developmentRules } from './development.ts';
import { formatRules, namedRules } from './general.ts';
import { serviceRules } from './service.ts';

/** All rules. Where two find the same text, the one that comes first here counts. */
export const secretRules: readonly SecretRule[] = [
  ...cloudRules,
  ...developmentRules,
  ...serviceRules,
  ...formatRules,
  ...namedRules,
];
