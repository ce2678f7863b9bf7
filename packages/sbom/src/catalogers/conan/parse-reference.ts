import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';

/** A package of Conan by its full name. */
export interface ConanReference {
  readonly name: string;
  readonly version: string;
  readonly user?: string;
  readonly channel?: string;
  /** Revision of its recipe. */
  readonly recipeRevision?: string;
  /** Id of the binary package, and its revision. */
  readonly packageId?: string;
  readonly packageRevision?: string;
}

const shape =
  /^(?<name>[^/@#:\s[\]]+)\/(?<version>[^/@#:\s[\]]+)(?:@(?<user>[^/#:\s]+)\/(?<channel>[^/#:\s]+))?@?(?:#(?<recipeRevision>[^:#%\s]+)(?:%[\d.]+)?)?(?::(?<packageId>[^#%\s]+)(?:#(?<packageRevision>[^#%\s]+))?(?:%[\d.]+)?)?$/;

/**
 * Reads `name/version[@user/channel][#revision][:package id[#revision]]`. A range of versions (`[>1.0]`) or a
 * version of which only a part counts (`1.Y.Z`) names no package.
 *
 * @returns undefined where it names none. Never throws.
 */
export function parseConanReference(text: string): ConanReference | undefined {
  if (!isPlainToken(text)) return undefined;
  const { name, version, user, channel, ...rest } = shape.exec(text.toWellFormed())?.groups ?? {};
  if (name === undefined || version === undefined || /(?:^|\.)[YZ](?:\.|$)/.test(version)) return undefined;
  return { name, version, ...withoutUndefined({ user: stated(user), channel: stated(channel), ...rest }) };
}

/** An underscore stands for none. */
function stated(text: string | undefined): string | undefined {
  return text === '_' ? undefined : text;
}
