import { join } from 'node:path';
import { settingLabel, whatToSet } from './describe-setting.ts';
import type { SettingOrigin } from './setting-sources.ts';
import { type SettingKey, type Settings, settingEntries, settingsTable } from './settings.ts';
import type { SettingProblem } from './settings-error.ts';
import { formatSink, type SinkSetting } from './values/sink.ts';

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
  const { sinks, notices: sinkNotices } = sinksOf(given, origins);
  const settings = { ...given, ...(sinks !== undefined && { sinks }) };
  return {
    settings,
    problems: [
      ...requiredProblems(origins),
      ...credentialProblems(settings, origins),
      ...addressProblems(origins),
      ...certificateProblems(settings, readFile),
      ...kubeconfigProblems(settings),
    ],
    notices: [...sinkNotices, ...noticesOf(settings, origins)],
  };
}

/** Each sink once; without any, the one that follows from whether there are credentials. */
function sinksOf(
  { sinks, stateDir }: Partial<Settings>,
  origins: Origins,
): { sinks?: readonly SinkSetting[]; notices: readonly string[] } {
  if (sinks === undefined) return { notices: [] };
  if (sinks.length > 0)
    return { sinks: [...new Map(sinks.map((sink) => [formatSink(sink), sink])).values()], notices: [] };
  if (isGiven(origins, 'clientId') || isGiven(origins, 'clientSecret'))
    return { sinks: [{ kind: 'falcon' }], notices: [] };
  const directory = stateDir === undefined ? './reports' : join(stateDir, 'reports');
  const notice = `without Falcon credentials inventories are written to ${directory}; ${settingsTable.sinks.env} says otherwise`;
  return { sinks: [{ kind: 'file', directory }], notices: [notice] };
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

/** In the mode that reads it; many people have several in their environment. */
function kubeconfigProblems({ runmode, kubeconfig }: Partial<Settings>): SettingProblem[] {
  if (runmode !== 'watcher' || !kubeconfig?.includes(':')) return [];
  const message = `${settingLabel(settingsTable.kubeconfig)} names several files and the agent reads one`;
  return [{ message, hint: 'merge them with kubectl config view --flatten, or name one of them' }];
}

function noticesOf(settings: Partial<Settings>, origins: Origins): string[] {
  const { registryCredentials, secretsAutodiscover, runtime, falconApiUrl, falconUploadUrl } = settingsTable;
  const notices: string[] = [];
  if (settings.runmode === 'socket' && settings.runtime === 'crio') {
    notices.push(`${runtime.env} is crio: what runs is asked of CRI-O, the images are read from their registries`);
  }
  if (isGiven(origins, 'registryCredentials') && settings.secretsAutodiscover) {
    notices.push(`${registryCredentials.env} does not count while ${secretsAutodiscover.env} is true`);
  }
  for (const [{ env }, url] of [
    [falconApiUrl, settings.falconApiUrl] as const,
    [falconUploadUrl, settings.falconUploadUrl] as const,
  ]) {
    if (url?.startsWith('http:')) notices.push(`${env} is plain http: whoever is on the way reads along`);
  }
  return notices;
}

function isGiven(origins: Origins, key: SettingKey): boolean {
  return origins[key].from !== 'default';
}
