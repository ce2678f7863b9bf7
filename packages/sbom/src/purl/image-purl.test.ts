import { describe, expect, it } from 'vitest';
import { subjectFor } from '../assemble/image.test-support.ts';
import type { ImageSubject } from '../model/subject.ts';
import { imageName, imagePurl } from './image-purl.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const purl = (reference: string, more: Partial<ImageSubject> = {}): string =>
  imagePurl({ ...subjectFor([]), reference, ...more });

describe('imagePurl', () => {
  it.each([
    ['docker.io/library/nginx:1.27', 'nginx', '&repository_url=docker.io%2Flibrary%2Fnginx&tag=1.27'],
    ['ghcr.io/Org/App', 'app', '&repository_url=ghcr.io%2FOrg%2FApp'],
    [`localhost:5000/a/b:v1@${digest}`, 'b', '&repository_url=localhost:5000%2Fa%2Fb&tag=v1'],
    [`localhost/a@${digest}`, 'a', '&repository_url=localhost%2Fa'],
    ['/tmp/image.tar', 'image.tar', ''],
    ['nginx', 'nginx', ''],
    ['', 'image', ''],
  ])('describes %j', (reference, name, rest) => {
    expect(purl(reference)).toBe(`pkg:oci/${name}@${digest}?arch=amd64${rest}`);
  });

  it('has no version where the digest is not one of a manifest', () => {
    expect(purl('docker.io/library/nginx:1.27', { identity: 'config' })).toBe(
      'pkg:oci/nginx?arch=amd64&repository_url=docker.io%2Flibrary%2Fnginx&tag=1.27',
    );
  });
});

describe('imageName', () => {
  it('is the last part of the repository', () => {
    expect(imageName(`registry.example:5000/team/My_App@${digest}`)).toBe('my_app');
  });
});
