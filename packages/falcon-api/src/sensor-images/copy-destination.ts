import { FalconError } from '../falcon-error.ts';

/** What a copy of an image of the vendor's registry is to be called. */
export interface CopyDestinationParts {
  /** Registry and namespace, such as `registry.example.com/security`. */
  readonly target: string;
  /** Name of the image, as `SensorImage` has it. */
  readonly name: string;
  /** Tag of the image in the vendor's registry. */
  readonly tag: string;
  /** The target is the whole repository: the image's name is not added to it. Default false. */
  readonly omitImageName?: boolean | undefined;
  /** Another tag than the one it has. */
  readonly customTag?: string | undefined;
}

/**
 * The reference that a copy gets: `TARGET/NAME:TAG`, with `omitImageName` `TARGET:TAG`. The target is put in lower case,
 * as repositories have to be.
 *
 * @throws FalconError `OPTIONS_INVALID` for a target without a registry or with a tag, and for what cannot be a tag.
 */
export function copyDestination({ target, name, tag, omitImageName, customTag }: CopyDestinationParts): string {
  const base = target.trim().toLowerCase().replace(/\/+$/, '');
  const [host = '', ...path] = base.split('/');
  if (!/^(?:localhost|.*[.:].*)$/.test(host) || (omitImageName === true && path.length === 0)) {
    throw new FalconError('OPTIONS_INVALID', `copy: ${JSON.stringify(target.slice(0, 120))} names no place for it`, {
      hint: 'Write registry and namespace, such as registry.example.com/security.',
    });
  }
  if (path.some((part) => !/^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/.test(part))) {
    throw new FalconError('OPTIONS_INVALID', `copy: ${JSON.stringify(target.slice(0, 120))} is no repository`, {
      hint: 'Leave the tag away; another tag than the image has is an option of its own.',
    });
  }
  if (customTag !== undefined && !/^\w[\w.-]{0,127}$/.test(customTag)) {
    throw new FalconError('OPTIONS_INVALID', `copy: ${JSON.stringify(customTag.slice(0, 120))} cannot be a tag`, {
      hint: 'A tag has letters, digits, dots, dashes and underscores, 128 at most.',
    });
  }
  return `${base}${omitImageName === true ? '' : `/${name}`}:${customTag ?? tag}`;
}
