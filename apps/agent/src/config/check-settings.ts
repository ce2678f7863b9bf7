import { chooseSinks } from './choose-sinks.ts';
import { settingLabel, whatToSet } from './describe-setting.ts';
import type { SettingOrigin } from './setting-sources.ts';
import { type SettingKey, type Settings, settingEntries, settingsTable } from './settings.ts';
import type { SettingProblem } from './settings-error.ts';

/** Settings that are each right, as far as they are, with what was made of them together. */
export interface CheckedSettings {
  readonly settings: Partial<Settings>;
  readonly problems: readonly SettingProblem[];
  readonly notices: readonly string[];
}

type Origins = Readonly<Record<SettingKey, SettingOrigin>>;

/**
 * Checks what settings say together, and fills in what follows from others: where inventories go. Settings that have a
 * problem of their own are absent although their origin is not the default; nothing is said about them again.
 */
export function checkSettings(
  given: Partial<Settings>,
  origins: Origins,
  readFile: (path: string) => string,
): CheckedSettings {
  const hasCredentials = isGiven(origins, 'clientId') || isGiven(origins, 'clientSecret');
  const { sinks: named, stateDir } = given;
  const sinks = named && chooseSinks({ named, hasCredentials, stateDir });
  const settings = { ...given, ...(sinks !== undefined && { sinks }) };
  return {
    settings,
    problems: [
      ...requiredProblems(origins),
      ...credentialProblems(settings, origins),
      ...addressProblems(origins),
      ...certificateProblems(settings, readFile),
      ...plainHttpProblems(settings),
    ],
    notices: noticesOf(settings, origins, named?.length === 0),
  };
}

function requiredProblems(origins: Origins): SettingProblem[] {
  return settingEntries(settingsTable)
    .filter(([key, setting]) => 'required' in setting && !isGiven(origins, key))
    .map(([, setting]) => ({ message: `${settingLabel(setting)} is not set`, hint: whatToSet(setting) }));
}

function credentialProblems({ sinks = [] }: Partial<Settings>, origins: Origins): SettingProblem[] {
  const { clientId, clientSecret } = settingsTable;
  const missing = (['clientId', 'clientSecret'] as const).filter((key) => !isGiven(origins, key));
  if (missing.length === 1) {
    const [lacking, present] = missing[0] === 'clientId' ? [clientId, clientSecret] : [clientSecret, clientId];
    return [{ message: `${present.env} is set and ${lacking.env} is not`, hint: 'set both, or neither' }];
  }
  if (missing.length === 0 || !sinks.some(({ kind }) => kind === 'falcon')) return [];
  const hint = `set ${clientId.env} and ${clientSecret.env} to those of an API client, or another sink such as file:./reports`;
  return [{ message: `${settingLabel(settingsTable.sinks)} has falcon, for which there are no credentials`, hint }];
}

function addressProblems(origins: Origins): SettingProblem[] {
  const { falconApiUrl, falconUploadUrl } = settingsTable;
  if (isGiven(origins, 'falconApiUrl') === isGiven(origins, 'falconUploadUrl')) return [];
  const message = `${falconApiUrl.env} and ${falconUploadUrl.env} are not set together`;
  return [{ message, hint: 'set both: the other host of the region would belong to another cloud' }];
}

function certificateProblems({ caCert }: Partial<Settings>, readFile: (path: string) => string): SettingProblem[] {
  if (caCert === undefined) return [];
  const problem = (what: string) => [
    { message: `${settingLabel(settingsTable.caCert)}: ${caCert} ${what}`, hint: whatToSet(settingsTable.caCert) },
  ];
  try {
    return /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/.test(readFile(caCert)) ? [] : problem('holds no certificate');
  } catch (error) {
    return problem(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}

/** Credentials and inventories do not go over a network in the clear; on this machine nobody is on the way. */
function plainHttpProblems(settings: Partial<Settings>): SettingProblem[] {
  if (!settings.sinks?.some(({ kind }) => kind === 'falcon')) return [];
  return (['falconApiUrl', 'falconUploadUrl'] as const)
    .filter((key) => /^http:(?!\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?:[:/]|$))/.test(settings[key] ?? ''))
    .map((key) => {
      const message = `${settingLabel(settingsTable[key])} is plain http, and whoever is on the way would read along`;
      return { message, hint: 'use https; plain http is for hosts on loopback' };
    });
}

function noticesOf(settings: Partial<Settings>, origins: Origins, sinksChosen: boolean): string[] {
  const { registryCredentials, secretsAutodiscover, runtime, sinks } = settingsTable;
  const notices: string[] = [];
  const [first] = settings.sinks ?? [];
  if (sinksChosen && first?.kind === 'file') {
    notices.push(
      `without Falcon credentials inventories are written to ${first.directory}; ${sinks.env} can change that`,
    );
  }
  if (settings.runmode === 'socket' && settings.runtime === 'crio') {
    notices.push(`${runtime.env} is crio: what runs is asked of CRI-O, the images are read from their registries`);
  }
  if (isGiven(origins, 'registryCredentials') && settings.secretsAutodiscover) {
    notices.push(`${registryCredentials.env} does not count while ${secretsAutodiscover.env} is true`);
  }
  return notices;
}

function isGiven(origins: Origins, key: SettingKey): boolean {
  return origins[key].from !== 'default';
}
