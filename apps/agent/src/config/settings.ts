import type { Setting, SettingRows } from './setting.ts';
import { type DeliverySettings, deliverySettings } from './table/delivery-settings.ts';
import { type ImageSettings, imageSettings } from './table/image-settings.ts';
import { type ObservabilitySettings, observabilitySettings } from './table/observability-settings.ts';
import { type PodSettings, podSettings } from './table/pod-settings.ts';
import { type RegistrySettings, registrySettings } from './table/registry-settings.ts';
import { type ResourceSettings, resourceSettings } from './table/resource-settings.ts';
import { type RunSettings, runSettings } from './table/run-settings.ts';

/** The settings of `iar run`, resolved and checked. The table has their names, defaults and descriptions. */
export interface Settings
  extends RunSettings,
    DeliverySettings,
    ImageSettings,
    RegistrySettings,
    ResourceSettings,
    ObservabilitySettings,
    PodSettings {}

/** What a setting is called in code. */
export type SettingKey = keyof Settings;

/** Settings that are described together. */
export interface SettingGroup {
  readonly title: string;
  readonly rows: Partial<SettingRows<Settings>>;
}

/** The table of every setting, group by group; all that reads, shows or describes settings takes them from here. */
export const settingGroups: readonly SettingGroup[] = [
  { title: 'Running', rows: runSettings },
  { title: 'Delivery', rows: deliverySettings },
  { title: 'Images', rows: imageSettings },
  { title: 'Registries and network', rows: registrySettings },
  { title: 'Resources', rows: resourceSettings },
  { title: 'Log and health', rows: observabilitySettings },
  { title: "The agent's own pod", rows: podSettings },
];

/** The same table by key. */
export const settingsTable: SettingRows<Settings> = {
  ...runSettings,
  ...deliverySettings,
  ...imageSettings,
  ...registrySettings,
  ...resourceSettings,
  ...observabilitySettings,
  ...podSettings,
};

/** Every row of some part of the table, with its key. */
export function settingEntries(rows: SettingGroup['rows']): [key: SettingKey, setting: Setting<unknown>][] {
  return Object.entries(rows) as [SettingKey, Setting<unknown>][];
}

/** A variable that the public chart sets and this agent has no use for. */
export interface UnusedVariable {
  readonly env: string;
  readonly reason: string;
}

/** Accepted whatever they hold. */
export const unusedVariables: readonly UnusedVariable[] = [
  { env: 'ENABLE_KLOGS', reason: 'There is no client-go whose log it could turn on; `AGENT_DEBUG` has the details.' },
  { env: 'IAR_AGENT_SERVICE_PORT', reason: 'The agent offers no service to the admission controller.' },
  { env: '__CS_KAC_NAMESPACE', reason: 'The agent does not look for the admission controller.' },
];
