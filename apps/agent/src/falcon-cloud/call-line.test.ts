import type { CallRecord } from '@falcon-iar/falcon-api/testing';
import { describe, expect, it } from 'vitest';
import { callLine } from './call-line.ts';

const call: CallRecord = {
  ...{ host: 'upload', method: 'POST', path: '/x', answer: 400, bytes: 12, milliseconds: 3.4, traceId: 't' },
};

describe('callLine', () => {
  it('tells the host, the outcome, and the reason of a refusal', () => {
    expect(callLine({ ...call, reason: 'host_ip: expected string' }, new Date(0))).toBe(
      '1970-01-01T00:00:00.000Z upload POST /x 400 12 B 3 ms trace t: host_ip: expected string',
    );
    expect(callLine({ ...call, answer: 'reset', bytes: 0 }, new Date(0))).toMatch(/POST \/x reset 3 ms trace t$/);
  });

  it('never lets a caller steer the terminal', () => {
    expect(callLine({ ...call, note: 'stored a\u001b[2J from\nb' }, new Date(0))).toMatch(/a\\u001b\[2J from\\u000ab$/);
  });
});
