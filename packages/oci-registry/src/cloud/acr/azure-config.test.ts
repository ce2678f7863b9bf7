import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RegistryError } from '../../error.ts';
import { jwtOf } from './acr-double.test-support.ts';
import { parseAzureConfig } from './azure-config.ts';
import { endOfJwt } from './exchange.ts';

function problemOf(content: string): RegistryError {
  try {
    parseAzureConfig('/etc/kubernetes/azure.json', content);
  } catch (error) {
    return error as RegistryError;
  }
  return expect.fail('it should have failed');
}

describe('parseAzureConfig', () => {
  it.each([
    ['', 'not valid JSON'],
    ['{"aadClientSecret": "hunter2"', 'not valid JSON'],
    ['["hunter2"]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['{"aadClientSecret": ["hunter2"]}', 'field "aadClientSecret"'],
    ['{"tenantid": 42}', 'field "tenantId"'],
    ['{"useManagedIdentityExtension": "hunter2"}', 'field "useManagedIdentityExtension"'],
    ['{"cloud": "hunter2"}', 'field "cloud"'],
    ['{"aadClientSecret": "hunter2", "tenantId": "t"}', 'field "aadClientId" is missing'],
    ['{"aadClientSecret": "hunter2", "aadClientId": "c"}', 'field "tenantId" is missing'],
    ['{"aadClientId": "c", "tenantId": "t", "aadClientCertPath": "/hunter2"}', 'only secrets are supported'],
    ['{"useFederatedWorkloadIdentityExtension": true, "aadClientId": "c", "tenantId": "t"}', '"aadFederatedTokenFile"'],
  ])('says for %s what is wrong and where, and no value', (content, reason) => {
    const error = problemOf(content);
    expect(error.code).toBe('CREDENTIALS_INVALID');
    expect(error.message).toContain('/etc/kubernetes/azure.json');
    expect(error.message).toContain(reason);
    expect(JSON.stringify([error.message, error.hint, error.cause])).not.toContain('hunter2');
  });

  it.each([
    ['AZUREUSGOVERNMENTCLOUD', 'AzureUSGovernmentCloud'],
    ['AzureUSGovernment', 'AzureUSGovernmentCloud'],
    ['azurecloud', 'AzurePublicCloud'],
    ['AzureGermanCloud', 'AzureGermanCloud'],
    ['', 'AzurePublicCloud'],
  ])('knows the cloud %j', (cloud, name) => {
    expect(parseAzureConfig('f', JSON.stringify({ cloud })).cloud).toBe(name);
  });

  it('reads names in any case, flags as words, nulls as nothing', () => {
    const file = {
      TENANTID: 't',
      AadClientID: 'c',
      aadclientsecret: 's',
      useManagedIdentityExtension: 'false',
      cloud: null,
    };
    const identity = { kind: 'secret', clientId: 'c', tenant: 't', secret: 's' };
    expect(parseAzureConfig('f', JSON.stringify(file))).toEqual({ cloud: 'AzurePublicCloud', tenant: 't', identity });
  });

  it('takes any JSON, or says what is wrong with it', () => {
    const keys = fc.constantFrom(
      'cloud',
      'tenantId',
      'aadClientId',
      'aadClientSecret',
      'useManagedIdentityExtension',
      '__proto__',
    );
    const documents = fc.oneof(
      fc.json(),
      fc.dictionary(keys, fc.jsonValue()).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(documents, (content) => {
        try {
          parseAzureConfig('f', content);
        } catch (error) {
          expect(error).toBeInstanceOf(RegistryError);
        }
      }),
    );
  });
});

describe('endOfJwt', () => {
  const asked = 1_000_000_000_000;
  const day = 86_400_000;

  it.each([
    [{ iat: 100, exp: 160 }, 60_000],
    [{ exp: asked / 1000 + 60 }, 60_000],
    [{ exp: asked / 1000 - 60 }, 0],
    [{ iat: 160, exp: 100 }, 0],
    [{ iat: 1, exp: 1e12 }, day],
    [{ exp: 'soon' }, day / 8],
    [{}, day / 8],
  ])('gives %j a life of %i ms', (claims, life) => {
    expect(endOfJwt(jwtOf(claims), asked) - asked).toBe(life);
  });

  it('is a time within a day for whatever a registry sends', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue().map((value) => jwtOf({ value, exp: value, iat: value })),
        ),
        (text) => {
          const life = endOfJwt(text, asked) - asked;
          expect(life >= 0 && life <= day).toBe(true);
        },
      ),
    );
  });
});
