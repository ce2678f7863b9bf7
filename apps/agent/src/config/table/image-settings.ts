import { availableCatalogers } from '../../catalogers/available-catalogers.ts';
import { type SeekableMode, seekableModes } from '../../inventory/seekable-mode.ts';
import type { SettingRows } from '../setting.ts';
import { catalogerChoice } from '../values/cataloger-choice.ts';
import { listOf } from '../values/list-of.ts';
import { oneOf, text } from '../values/one-value.ts';

/** Which images are of interest, and what of them. */
export interface ImageSettings {
  readonly namespaceExclusions: readonly string[];
  /** Split only; k8s-watcher says what an entry means. */
  readonly registryExclusions: readonly string[];
  readonly imageExclusions: readonly string[];
  /** As sbom's `chooseCatalogers` reads it; empty for the default. */
  readonly catalogers: readonly string[];
  readonly seekableLayers: SeekableMode;
}

const catalogers = availableCatalogers();

/** Rows of {@link ImageSettings}. */
export const imageSettings: SettingRows<ImageSettings> = {
  namespaceExclusions: {
    env: 'AGENT_NAMESPACE_EXCLUSIONS',
    argument: 'names',
    schema: listOf(text),
    list: true,
    default: [],
    description: 'Namespaces whose pods are left out.',
    example: 'kube-system,monitoring',
  },
  registryExclusions: {
    env: 'AGENT_REGISTRY_EXCLUSIONS',
    argument: 'hosts',
    schema: listOf(text),
    list: true,
    default: [],
    description:
      'Registries whose images are left out: `host` or `host:port`, without scheme. `localhost` does not cover ' +
      '`localhost:5000`; Docker Hub is `index.docker.io`.',
    example: 'index.docker.io,localhost:5000',
  },
  imageExclusions: {
    env: 'AGENT_IMAGE_EXCLUSIONS',
    argument: 'images',
    schema: listOf(text),
    list: true,
    default: [],
    description:
      'Images that are left out: whole references. Without registry it is `index.docker.io`, without tag and digest ' +
      '`latest`.',
    example: 'registry.example.com/team/app:1.4',
  },
  catalogers: {
    env: 'IAR_CATALOGERS',
    argument: 'names',
    schema: catalogerChoice(catalogers),
    list: true,
    default: [],
    defaultText: 'those that `iar catalogers` marks',
    description:
      'What is looked for in an image, out of what `iar catalogers` lists: names for these and no others, `+name` and ' +
      '`-name` to change the default, or `all`. After a change images are read anew.',
    example: '+nix,-secret',
  },
  seekableLayers: {
    env: 'IAR_SEEKABLE_LAYERS',
    argument: seekableModes.join('|'),
    schema: oneOf(seekableModes),
    default: 'off',
    description:
      'Whether layers in a registry that carry a table of contents (eStargz, zstd:chunked) are read by it: only files ' +
      'that are known by their paths are fetched, and the inventory says of which layers. `sample` compares headers at ' +
      'ten places of the layer with the table, `full` all of the layer; differences are problems. A layer without a ' +
      'table that its manifest vouches for is read whole. After a change images are read anew.',
  },
};
