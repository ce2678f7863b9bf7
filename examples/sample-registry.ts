import { createRegistry } from '@falcon-iar/oci-registry/testing';

/** A registry on this machine with one small image in it. */
export interface SampleRegistry extends AsyncDisposable {
  /** The image, as `127.0.0.1:PORT/NAME:TAG`. */
  readonly reference: string;
}

const dpkgStatus = `Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.15-2+b7

Package: libssl3
Status: install ok installed
Architecture: amd64
Source: openssl
Version: 3.0.15-1~deb12u1
`;

const osRelease = `ID=debian
VERSION_ID="12"
PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
`;

/** Starts the registry. The image has three layers: a Debian base, two npm packages, and one of them taken away again. */
export async function startSampleRegistry(): Promise<SampleRegistry> {
  const registry = await createRegistry();
  const manifest = (name: string, version: string): string => JSON.stringify({ name, version, license: 'MIT' });
  const { reference } = await registry.push('shop/orders', '1.4', {
    layers: [
      {
        entries: [
          { path: 'etc/os-release', content: osRelease },
          { path: 'var/lib/dpkg/status', content: dpkgStatus },
        ],
      },
      {
        entries: [
          { path: 'app/node_modules/left-pad/package.json', content: manifest('left-pad', '1.3.0') },
          { path: 'app/node_modules/@shop/cart/package.json', content: manifest('@shop/cart', '2.0.1') },
        ],
      },
      { entries: [{ path: 'app/node_modules/.wh.left-pad' }] },
    ],
  });
  return { reference, [Symbol.asyncDispose]: () => registry.close() };
}
