import { describe, expect, it } from 'vitest';
import { layoutImageName } from './layout-image-name.ts';

describe('layoutImageName', () => {
  const digest = `sha256:${'a'.repeat(64)}`;

  it.each([
    ['/images/app', 'v1', 'app:v1'],
    ['/images/app/', 'v1', 'app:v1'],
    ['/images/app', digest, `app@${digest}`],
    ['/images/app', 'docker.io/library/debian:12', 'docker.io/library/debian:12'],
  ])('calls %s %s %s', (path, name, expected) => {
    expect(layoutImageName(path, name)).toBe(expected);
  });
});
