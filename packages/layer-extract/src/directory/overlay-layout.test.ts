import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileEvent } from '../event/file-event.ts';
import { collect } from '../layer.test-support.ts';
import { parseGetfattr } from './parse-getfattr.ts';
import { showsTrustedAttributes } from './trusted-attributes.ts';
import { unprivileged } from './unprivileged.test-support.ts';
import { walkDirectory } from './walk-directory.ts';

let scratch: string;
let root: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'walk-overlay-'));
  await chmod(scratch, 0o755);
  root = join(scratch, 'diff');
  await mkdir(join(root, 'a'), { recursive: true });
  await writeFile(join(root, 'b'), '');
});

afterEach(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** A program in the place of getfattr: a shell script. */
async function script(text: string): Promise<string> {
  const path = join(scratch, 'getfattr');
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
  return path;
}

/** What getfattr says of a layer without opaque directories, to whom nothing is hidden. */
const nothingHidden = 'printf "# file: a\\ntrusted.overlay.origin=0x00\\n"';

const paths = (events: readonly FileEvent[]): string[] => events.map(({ kind, path }) => `${kind} ${path}`);

describe('walkDirectory of an overlay layer', () => {
  it('turns the attributes of overlayfs into events', async () => {
    const getfattr = await script(`cat <<'END'
# file: a
trusted.overlay.opaque=0x79

# file: b
user.overlay.whiteout
END`);
    const events = await collect(walkDirectory(root, { layout: 'overlay', getfattr }));
    expect(paths(events)).toEqual(['directory ', 'directory a', 'opaque a', 'whiteout b']);
  });

  it('reports what has its content in another layer', async () => {
    const getfattr = await script('printf "# file: a\\ntrusted.overlay.redirect=0x2f62\\n"');
    const events = await collect(walkDirectory(root, { layout: 'overlay', getfattr }));
    expect(paths(events)).toEqual(['directory ', 'problem a', 'directory a', 'file b']);
  });

  it('says that opaque directories cannot be told where there is no getfattr, and walks', async () => {
    const options = { layout: 'overlay', getfattr: 'getfattr', env: { PATH: scratch } } as const;
    const events = await collect(walkDirectory(root, options));
    expect(events[0]).toMatchObject({ kind: 'problem', path: '', reason: expect.stringMatching(/opaque.*ENOENT/) });
    expect(paths(events.slice(1))).toEqual(['directory ', 'directory a', 'file b']);
  });

  it('says so where getfattr fails, but not for files that vanished', async () => {
    const failing = await script('echo "getfattr: b: Operation not supported" >&2; exit 1');
    const [first] = await collect(walkDirectory(root, { layout: 'overlay', getfattr: failing }));
    expect(first).toMatchObject({ kind: 'problem', reason: expect.stringMatching(/not supported/) });
    const vanished = await script(`${nothingHidden}; echo "getfattr: c: No such file or directory" >&2; exit 1`);
    const [next] = await collect(walkDirectory(root, { layout: 'overlay', getfattr: vanished }));
    expect(next).toMatchObject({ kind: 'directory', path: '' });
  });

  it('says so where attributes are hidden, which getfattr does not tell', async () => {
    const silent = await script('exit 0');
    const options = { layout: 'overlay', getfattr: silent } as const;
    const [first] = await unprivileged(() => collect(walkDirectory(root, options)));
    expect(first).toMatchObject({ kind: 'problem', path: '', reason: expect.stringMatching(/hidden.*CAP_SYS_ADMIN/) });
    expect(await unprivileged(() => collect(walkDirectory(root)))).toMatchObject([
      ...[{ kind: 'directory', path: '' }, { kind: 'directory' }, { kind: 'file' }],
    ]);
  });

  it('says nothing of hidden attributes where some were shown, or the layer is of a user', async () => {
    for (const text of [nothingHidden, nothingHidden.replace('trusted', 'user')]) {
      const options = { layout: 'overlay', getfattr: await script(text) } as const;
      const events = await unprivileged(() => collect(walkDirectory(root, options)));
      expect(paths(events)).toEqual(['directory ', 'directory a', 'file b']);
    }
  });

  it.runIf(process.getuid?.() === 0)('says nothing of hidden attributes to root', async () => {
    if (!(await showsTrustedAttributes())) return;
    const options = { layout: 'overlay', getfattr: await script('exit 0') } as const;
    expect(paths(await collect(walkDirectory(root, options)))).toEqual(['directory ', 'directory a', 'file b']);
  });

  it('ends getfattr when it says too much, and when the walk is aborted', async () => {
    const endless = await script('exec cat /dev/zero');
    const limits = { attributeBytes: 1000 };
    const walking = collect(walkDirectory(root, { layout: 'overlay', getfattr: endless, limits }));
    await expect(walking).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });

    const waiting = await script('exec sleep 100');
    const signal = AbortSignal.timeout(50);
    const aborted = collect(walkDirectory(root, { layout: 'overlay', getfattr: waiting, signal }));
    await expect(aborted).rejects.toThrow(expect.objectContaining({ name: 'TimeoutError' }));
  });
});

describe('parseGetfattr', () => {
  it('finds every path again, whatever its name', () => {
    const name = fc.string({ unit: 'binary', minLength: 1 }).map((text) => `n${text.replaceAll(/[/\0]/g, '_')}`);
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 4 }), (names) => {
        const quoted = names.map((text) =>
          Buffer.from(text)
            .toString('latin1')
            .replaceAll(/[\\\n\r]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`),
        );
        const output = quoted.map((text) => `# file: ${text}\ntrusted.overlay.opaque=0x79\n\n`).join('');
        const isPrivate = (text: string): boolean => /[\u{10fe00}-\u{10feff}]/u.test(text);
        const plain = names.filter((text) => text.isWellFormed() && !isPrivate(text));
        expect([...parseGetfattr(output).opaque]).toEqual(expect.arrayContaining(plain));
      }),
    );
  }, 30_000);

  it('takes only the value y for opaque, and no attribute that stands under no file', () => {
    const { opaque } = parseGetfattr(
      'trusted.overlay.opaque=0x79\n# file: x\ntrusted.overlay.opaque=0x78\n# file: ../out\nuser.overlay.opaque=0x79\n# file: .\nuser.overlay.opaque=0x79\n',
    );
    expect([...opaque]).toEqual(['']);
  });
});
