import type { DoubleRoute, RouteCall } from '../double-route.ts';
import { type DoubleAnswer, refuseEntities, resources } from '../envelope.ts';
import { checkNames } from './answer-list.ts';
import type { ImageFacts } from './image-facts.ts';
import { imageReport } from './image-report.ts';
import { type ReadParts, readScope } from './read-parts.ts';
import { toCycloneDxReport, toSarifReport } from './report-forms.ts';

const path = '/image-assessment/entities/reports/v2';
const selectors = ['registry', 'repository', 'tag', 'image_id', 'digest', 'architecture'];

const forms: Readonly<Record<string, (image: ImageFacts, call: RouteCall) => unknown>> = {
  json: imageReport,
  'cyclonedx-json': toCycloneDxReport,
  sarif: toSarifReport,
};

/** The reports of stored images. */
export function reportRoutes({ images }: ReadParts): readonly DoubleRoute[] {
  return [
    {
      method: 'GET',
      path,
      scope: readScope,
      answer: (call) =>
        answerReport(call, selectors, () => [...images.all()].filter((image) => isSelected(image, call))),
    },
    {
      method: 'GET',
      path: `${path}/{uuid}`,
      scope: readScope,
      answer: (call) =>
        answerReport(call, [], () => [images.ofScan(call.parameters.uuid ?? '')].filter((image) => !!image)),
    },
  ];
}

function answerReport(call: RouteCall, names: readonly string[], find: () => readonly ImageFacts[]): DoubleAnswer {
  const problem = checkNames(call.query, [...names, 'report_format']);
  const form = forms[call.query.get('report_format') ?? 'json'];
  if (problem !== undefined || form === undefined) {
    return refuseEntities(400, 'invalid request', call.traceId, problem ?? 'report_format: is unknown');
  }
  if (names.length > 0 && !names.some((name) => call.query.get(name))) {
    return refuseEntities(400, 'invalid request', call.traceId, 'query: nothing says which image');
  }
  // Of several images the newest upload is meant, as with a tag that moved.
  const image = find()
    .toSorted((a, b) => (a.lastSeen < b.lastSeen ? -1 : 1))
    .at(-1);
  return image === undefined
    ? refuseEntities(404, 'report not found', call.traceId, 'no stored image fits')
    : resources([form(image, call)], call.traceId);
}

/** Whether an image is the one a query names. */
export function isSelected({ request }: ImageFacts, { query }: RouteCall): boolean {
  const { Architecture, Digest, ID, Registry, Repository, Tag } = request.inventory.ImageInfo;
  const known = { registry: Registry, repository: Repository, tag: Tag, image_id: ID, digest: Digest };
  return Object.entries({ ...known, architecture: Architecture }).every(
    ([name, value]) => !query.get(name) || query.get(name) === value,
  );
}
