import { type ResolvedSettings, resolveSettings } from './resolve-settings.ts';
import type { SettingSources } from './setting-sources.ts';
import type { Settings } from './settings.ts';
import { SettingsError } from './settings-error.ts';

/** Settings that can be used. */
export interface ReadSettings extends Omit<ResolvedSettings, 'settings' | 'problems'> {
  readonly settings: Settings;
}

/**
 * Reads the settings of `iar run`: flags > environment > configuration file > defaults.
 *
 * @throws SettingsError with all that is wrong at once
 */
export function readSettings(sources: SettingSources): ReadSettings {
  const { settings, problems, origins, notices } = resolveSettings(sources);
  if (problems.length > 0) throw new SettingsError(problems);
  // Without problems nothing is missing: what has no default is required.
  return { settings: settings as Settings, origins, notices };
}
