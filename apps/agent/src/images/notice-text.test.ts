import { FalconError } from '@falcon-iar/falcon-api';
import { describe, expect, it } from 'vitest';
import { noticeText } from './notice-text.ts';

describe('noticeText', () => {
  it('tells what delays a verb or outlives it, and nothing else', () => {
    const url = 'https://api.example.com/x/v1';
    expect(noticeText({ kind: 'cool-down', url, wait: 1500 })).toContain('2 s');
    expect(noticeText({ kind: 'deprecation', method: 'GET', url, headers: {} })).toContain(`GET ${url}`);
    expect(noticeText({ kind: 'revoke-failed', error: new FalconError('NETWORK', 'gone') })).toContain(
      '[NETWORK] gone',
    );
    expect(noticeText({ kind: 'slowed', call: 'GET /x/v1', wait: 200 })).toBeUndefined();
  });
});
