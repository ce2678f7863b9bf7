import { describe, expect, it } from 'vitest';
import { formatSink, sink } from './sink.ts';

describe('sink', () => {
  it.each([
    ['falcon', { kind: 'falcon' }],
    ['Falcon', { kind: 'falcon' }],
    ['file:/var/reports', { kind: 'file', directory: '/var/reports' }],
    ['file:///var/reports', { kind: 'file', directory: '/var/reports' }],
    ['file:./reports', { kind: 'file', directory: './reports' }],
  ])('reads %s', (given, setting) => {
    expect(sink.parse(given)).toEqual(setting);
    expect(sink.parse(formatSink(sink.parse(given)))).toEqual(setting);
  });

  it.each(['file:', 'files:/x', '/var/reports', 'https://x'])('refuses %s', (given) => {
    expect(sink.safeParse(given).error?.issues[0]?.message).toBe('is neither falcon nor file:DIR');
  });
});
