import type { ImageSubject } from '../../model/subject.ts';
import { type DocumentTool, libraryTool } from '../document-tool.ts';
import type { SpdxCreationInfo } from './document.ts';
import { oneLine } from './supplier.ts';

/**
 * Who made the document and when.
 *
 * @param timestamp - RFC 3339; where there is none, the time that the image's config states, or else 1970: the field is
 *   mandatory, and nobody here looks at a clock
 */
export function creationInfo(
  { config }: Pick<ImageSubject, 'config'>,
  timestamp: string | undefined,
  tool: DocumentTool = libraryTool,
): SpdxCreationInfo {
  const stated = 'created' in config && typeof config.created === 'string' ? config.created : undefined;
  const name = tool.version === undefined ? tool.name : `${tool.name}-${tool.version}`;
  const organization = tool.group?.replace(/^@/, '');
  return {
    created: utcSeconds(timestamp) ?? utcSeconds(stated) ?? '1970-01-01T00:00:00Z',
    creators: [
      ...(organization === undefined ? [] : [`Organization: ${oneLine(organization)}`]),
      `Tool: ${oneLine(name)}`,
    ],
  };
}

/** The only form that SPDX 2.3 allows (6.9): UTC, whole seconds. */
function utcSeconds(timestamp: string | undefined): string | undefined {
  if (timestamp === undefined || !/^\d{4}-\d{2}-\d{2}T/.test(timestamp)) return undefined;
  const time = Date.parse(timestamp);
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 19)}Z`;
}
