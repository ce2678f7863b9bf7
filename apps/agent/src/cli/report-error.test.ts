import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { reportError } from './report-error.ts';
import { UsageError } from './usage-error.ts';

function report(error: unknown, verbose = false): { code: number; text: string } {
  const stderr = new PassThrough();
  const code = reportError(error, stderr, { verbose });
  return { code, text: String(stderr.read() ?? '') };
}

describe('reportError', () => {
  it('writes one line and a hint for a mistake of the user, exit code 2', () => {
    expect(report(new UsageError('no image was named', 'name one'))).toEqual({
      ...{ code: 2, text: 'iar: error: no image was named\nhint: name one\n' },
    });
  });

  it('calls an image that cannot be read exit code 3', () => {
    const error = Object.assign(new Error('[MANIFEST_UNKNOWN] gone'), { name: 'RegistryError', hint: 'check the tag' });
    expect(report(error)).toEqual({ code: 3, text: 'iar: error: [MANIFEST_UNKNOWN] gone\nhint: check the tag\n' });
  });

  it('admits a defect, exit code 1, and shows stacks and causes only when asked', () => {
    const error = new TypeError('x is not a function', { cause: new Error('deeper') });
    expect(report(error)).toEqual({
      code: 1,
      text: expect.stringMatching(/^iar: error: x is not .*\nhint: .*-vv.*\n$/),
    });
    expect(report(error, true).text).toMatch(/report-error\.test\.ts[\s\S]*caused by: Error: deeper/);
  });

  it('never lets text of an image steer the terminal', () => {
    expect(report(new UsageError('a\u001b[2Jb\nc\u202e')).text).toBe('iar: error: a\\u001b[2Jb\\u000ac\\u202e\n');
  });
});
