import { omitUndefined } from '../omit-undefined.ts';
import type { ConfigInfo } from '../wire/config-info.ts';
import type { HistoryEntry, ImageDocument, ImageRuntimeConfig } from '../wire/image-document.ts';
import { isDateTime } from '../wire/schema-parts.ts';
import type { InventoryInput } from './inventory-input.ts';
import {
  booleanMember,
  type ForeignObject,
  objectMember,
  objectsMember,
  setMember,
  stringMapMember,
  stringMember,
  stringsMember,
} from './json-member.ts';

/** The image config with the members the cloud knows, each of its type; all others are left out. */
export function toImageDocument({ subject, layers }: InventoryInput): ImageDocument {
  const { config, platform } = subject;
  const rootfs = objectMember(config, 'rootfs') ?? {};
  const runtime = objectMember(config, 'config');
  return omitUndefined({
    architecture: stringMember(config, 'architecture') ?? platform.architecture,
    author: stringMember(config, 'author'),
    config: runtime && toRuntimeConfig(runtime),
    created: dateTimeMember(config, 'created'),
    history: objectsMember(config, 'history')?.map(toHistoryEntry),
    os: stringMember(config, 'os') ?? platform.os,
    'os.features': stringsMember(config, 'os.features'),
    'os.version': stringMember(config, 'os.version') ?? platform.osVersion,
    rootfs: {
      diff_ids: stringsMember(rootfs, 'diff_ids') ?? layers.flatMap(({ diffId }) => diffId ?? []),
      type: stringMember(rootfs, 'type') ?? 'layers',
    },
    variant: stringMember(config, 'variant') ?? platform.variant,
  });
}

/** The runtime config with every member present; what the image leaves out is empty. */
export function toConfigInfo({ subject }: InventoryInput): ConfigInfo {
  const runtime = toRuntimeConfig(objectMember(subject.config, 'config') ?? {});
  return {
    Cmd: runtime.Cmd ?? [],
    Entrypoint: runtime.Entrypoint ?? [],
    Env: runtime.Env ?? [],
    ExposedPorts: runtime.ExposedPorts ?? {},
    Labels: runtime.Labels ?? {},
    StopSignal: runtime.StopSignal ?? '',
    User: runtime.User ?? '',
    Volumes: runtime.Volumes ?? {},
    WorkingDir: runtime.WorkingDir ?? '',
  };
}

/** A member that is an RFC 3339 time. */
export function dateTimeMember(from: object, key: string): string | undefined {
  const value = stringMember(from, key);
  return value !== undefined && isDateTime(value) ? value : undefined;
}

function toRuntimeConfig(config: ForeignObject): ImageRuntimeConfig {
  return omitUndefined({
    ArgsEscaped: booleanMember(config, 'ArgsEscaped'),
    Cmd: stringsMember(config, 'Cmd'),
    Entrypoint: stringsMember(config, 'Entrypoint'),
    Env: stringsMember(config, 'Env'),
    ExposedPorts: setMember(config, 'ExposedPorts'),
    Labels: stringMapMember(config, 'Labels'),
    StopSignal: stringMember(config, 'StopSignal'),
    User: stringMember(config, 'User'),
    Volumes: setMember(config, 'Volumes'),
    WorkingDir: stringMember(config, 'WorkingDir'),
  });
}

function toHistoryEntry(entry: ForeignObject): HistoryEntry {
  return omitUndefined({
    author: stringMember(entry, 'author'),
    comment: stringMember(entry, 'comment'),
    created: dateTimeMember(entry, 'created'),
    created_by: stringMember(entry, 'created_by'),
    empty_layer: booleanMember(entry, 'empty_layer'),
  });
}
