import { FalconError } from '@falcon-iar/falcon-api';
import { describe, expect, it } from 'vitest';
import { memoryLogger } from '../observe/memory-logger.test-support.ts';
import { logNotice } from './log-notice.ts';

describe('logNotice', () => {
  it('warns of what somebody should know and tells the rest to those who look', () => {
    const logger = memoryLogger();
    const error = new FalconError('NETWORK', 'x');
    const headers = { 'x-api-deprecation': 'soon' };
    logNotice({ kind: 'deprecation', method: 'GET', url: 'https://a/b', headers, traceId: 't' }, logger);
    logNotice({ kind: 'cool-down', url: 'https://a/b', wait: 5 }, logger);
    logNotice({ kind: 'slowed', call: 'GET /b', wait: 200 }, logger);
    logNotice({ kind: 'revoke-failed', error }, logger);
    expect(logger.lines.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { method: 'GET', url: 'https://a/b', headers, traceId: 't' }],
      ['warn', { url: 'https://a/b', milliseconds: 5, traceId: undefined }],
      ['debug', { call: 'GET /b', milliseconds: 200 }],
      ['warn', { err: error }],
    ]);
  });
});
