import { allCatalogers, type CatalogerChoices, createSecretCataloger, defaultCatalogers } from '@falcon-iar/sbom';
import type { SecretKey } from './secret-key.ts';

const noKey: SecretKey = { key: new Uint8Array(32), keyId: 'none' };

/**
 * Every cataloger there is, and the names of those that look unless somebody chooses others.
 *
 * @param secretKey - May be left out where nothing is analysed.
 */
export function availableCatalogers(secretKey: SecretKey = noKey): CatalogerChoices {
  const secret = createSecretCataloger(secretKey);
  return {
    available: [...allCatalogers, secret],
    defaults: [...defaultCatalogers.map(({ name }) => name), secret.name],
  };
}
