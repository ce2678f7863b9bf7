import { nearestName } from './nearest-name.ts';
import { settingName } from './setting.ts';
import { settingEntries, settingsTable, unusedVariables } from './settings.ts';

/** What Kubernetes puts into every pod for a Service whose name begins with `iar-`. */
const serviceLink = /_SERVICE_(?:HOST|PORT(?:_.+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$|_PORT$/;

/** What only other verbs read: `iar images`. */
const ofOtherVerbs = ['IAR_FALCON_REGISTRY'];

/** A notice for each variable that begins with `IAR_` and is no setting. Their values are not shown. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const rows = settingEntries(settingsTable).map(([, setting]) => setting);
  const known = new Set([...[...rows, ...unusedVariables].map(({ env: name }) => name), ...ofOtherVerbs]);
  return Object.keys(env)
    .filter((name) => name.startsWith('IAR_') && !known.has(name) && !isServiceLink(name, env[name]))
    .sort()
    .map((name) => {
      const sameName = rows.find((setting) => settingName(setting) === settingName({ env: name }))?.env;
      const near = sameName ?? nearestName(name, known);
      return `${name} is no setting and does nothing${near === undefined ? '' : `; did you mean ${near}?`}`;
    });
}

function isServiceLink(name: string, value = ''): boolean {
  return serviceLink.test(name) && (!name.endsWith('_PORT') || /^(?:(?:tcp|udp|sctp):\/\/|\d+$)/.test(value));
}
