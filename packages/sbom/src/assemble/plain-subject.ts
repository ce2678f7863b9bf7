import type { ImageSubject, SubjectLayer, SubjectPlatform } from '../model/subject.ts';

/**
 * The subject with the members it has here and no others: callers hand in what their image source gave them, which may
 * hold functions and more. Keys come in one order, so that equal images give equal documents.
 */
export function plainSubject(subject: ImageSubject): ImageSubject {
  const { reference, digest, identity, indexDigest, configDigest, platform, manifest, config, synthesized } = subject;
  return {
    ...{ reference, digest, identity },
    ...(indexDigest !== undefined && { indexDigest }),
    ...{ configDigest, platform: plainPlatform(platform), manifest, synthesized, config },
    layers: subject.layers.map(plainLayer),
  };
}

function plainPlatform({ os, architecture, variant, osVersion }: SubjectPlatform): SubjectPlatform {
  return {
    ...{ os, architecture },
    ...(variant !== undefined && { variant }),
    ...(osVersion !== undefined && { osVersion }),
  };
}

function plainLayer({ digest, diffId, mediaType, size }: SubjectLayer): SubjectLayer {
  return { digest, ...(diffId !== undefined && { diffId }), mediaType, size };
}
