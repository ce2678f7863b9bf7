import { z } from 'zod';
import { answerError, type Exchange } from '../../http/exchange.ts';
import { readEnvelope } from '../call/read-resources.ts';
import { imageReportSchema } from './image-report.ts';
import type { ReportDocuments, ReportFormat } from './report-format.ts';

const schemas: { readonly [F in ReportFormat]: z.ZodType<ReportDocuments[F]> } = {
  json: imageReportSchema,
  'cyclonedx-json': z.looseObject({ bomFormat: z.literal('CycloneDX') }),
  sarif: z.looseObject({ version: z.string(), runs: z.array(z.unknown()) }),
};

/**
 * Takes the one report out of an answer. The published interface leaves `resources` open, so a report is welcome as a
 * lone object, as the only entry of a list, as JSON inside a string, and without any envelope.
 *
 * @throws FalconError `NOT_FOUND` where the answer holds no report, `RESPONSE_INVALID` where it holds several or one in
 *   another form.
 */
export function readReport<F extends ReportFormat>(format: F, document: unknown, answer: Exchange): ReportDocuments[F] {
  const schema: z.ZodType<ReportDocuments[F]> = schemas[format];
  const bare = isBareReport(document) ? [document] : readEnvelope(document, answer).resources;
  const [report, ...others] = bare;
  if (report === undefined) {
    throw answerError('NOT_FOUND', answer, 'the answer holds no report');
  }
  if (others.length > 0) {
    throw answerError('RESPONSE_INVALID', answer, `the answer holds ${bare.length} reports`, {
      hint: 'Name the digest or the architecture of the image, so that only one fits.',
    });
  }
  const parsed = schema.safeParse(typeof report === 'string' ? parseText(report, answer) : report);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw answerError('RESPONSE_INVALID', answer, `no ${format} report: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  return parsed.data;
}

/** Each form has a member that no envelope has. */
function isBareReport(document: unknown): boolean {
  return (
    typeof document === 'object' &&
    document !== null &&
    ['ImageInfo', 'bomFormat', 'runs'].some((member) => member in document)
  );
}

function parseText(report: string, answer: Exchange): unknown {
  try {
    return JSON.parse(report);
  } catch (cause) {
    throw answerError('RESPONSE_INVALID', answer, 'the report is a text that is no JSON', { cause });
  }
}
