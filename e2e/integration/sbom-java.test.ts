import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { javaArchiveCataloger } from '../../packages/sbom/src/catalogers/java-archive/cataloger.ts';
import { jvmCataloger } from '../../packages/sbom/src/catalogers/jvm/cataloger.ts';
import type { Inventory } from '../../packages/sbom/src/model/inventory.ts';
import type { Package } from '../../packages/sbom/src/model/package.ts';
import { openZip } from '../../packages/sbom/src/zip/open-zip.ts';
import { catalogDirectory } from '../support/catalog-directory.ts';
import { javaTree, repositoryNames } from '../support/java-tree.ts';
import { canRun } from '../support/required-tools.ts';
import { runToEnd, runTool } from '../support/run-tool.ts';

const canUnpack = canRun('Java archives of Debian', ['apt-get', 'dpkg-query']);

const nameOf = ({ namespace, name }: Package): string => `${namespace}:${name}`;

describe.runIf(canUnpack)('Java packages of Debian', () => {
  let tree: string;
  let scratch: string;
  let tools: string;
  let inventory: Inventory;
  let names: Map<string, Set<string>>;

  /** The packages that archives themselves are, by path; not those that were copied into them. */
  const archives = ({ packages }: Inventory): Map<string, Package> =>
    new Map(
      packages
        .filter(({ details }) => details.embedded !== true)
        .flatMap((pkg) => pkg.occurrences.map(({ path }) => [path, pkg] as const)),
    );

  beforeAll(async () => {
    tree = await javaTree();
    scratch = await mkdtemp(join(tmpdir(), 'falcon-iar-java-'));
    tools = join(tree, 'usr/lib/jvm/java-17-openjdk-amd64/bin');
    inventory = (await catalogDirectory(tree, javaArchiveCataloger)).inventory;
    names = await repositoryNames(tree);
  });

  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  it('names every archive that Debian’s Maven repository names, as it does', () => {
    const found = archives(inventory);
    const differing: string[] = [];
    for (const [path, allowed] of names) {
      const pkg = found.get(path);
      if (pkg === undefined || !allowed.has(nameOf(pkg))) {
        differing.push(`${path}: ${pkg && nameOf(pkg)}, not ${[...allowed].join(' ')}`);
      }
    }
    expect(names.size).toBeGreaterThan(140);
    expect(differing).toEqual([]);
    expect(inventory.complete).toBe(true);
  });

  it('agrees with that repository by what the archives hold alone', async () => {
    const alone = join(scratch, 'alone');
    await cp(join(tree, 'usr/share/java'), join(alone, 'usr/share/java'), { recursive: true, verbatimSymlinks: true });
    const found = archives((await catalogDirectory(alone, javaArchiveCataloger)).inventory);
    let agreed = 0;
    let grouped = 0;
    for (const [path, allowed] of names) {
      const pkg = found.get(path);
      if (pkg?.namespace === undefined) continue;
      grouped += 1;
      if (allowed.has(nameOf(pkg))) agreed += 1;
    }
    expect(grouped).toBeGreaterThan(90);
    expect(agreed / grouped).toBeGreaterThan(0.97);
  });

  it('reads the same entries as java.util.zip, and every Maven project among them', async () => {
    const source = join(scratch, 'Entries.java');
    await writeFile(source, entriesProgram);
    const paths = [...names.keys()].map((path) => join(tree, path));
    const output = await runTool(join(tools, 'java'), [source, ...paths]);
    const found = new Set(inventory.packages.map(nameOf));
    const differing: string[] = [];
    for (const line of output.trim().split('\n')) {
      const [path = '', entries = '', ...projects] = line.split('\t');
      const bytes = await readFile(path);
      const read = async (offset: number, length: number): Promise<Uint8Array> =>
        bytes.subarray(offset, offset + length);
      const zip = await openZip({ size: bytes.length, read });
      const ours = zip?.entries.map(({ name, crc32 }) => `${name} ${crc32.toString(16)}\n`).sort();
      const digest = createHash('sha1')
        .update(ours?.join('') ?? '')
        .digest('hex');
      if (digest !== entries) differing.push(`${path}: other entries`);
      for (const project of projects) if (!found.has(project)) differing.push(`${path}: ${project}`);
    }
    expect(output.split('\n').length).toBe(paths.length + 1);
    expect(differing).toEqual([]);
  });

  it('finds what the JDK’s own archiver packed into an application and that into a web archive', async () => {
    const app = join(scratch, 'app');
    const java = join(tree, 'usr/share/java');
    await mkdir(join(app, 'BOOT-INF/lib'), { recursive: true });
    for (const name of ['guava.jar', 'commons-lang3.jar', 'gson.jar']) {
      await cp(join(java, name), join(app, 'BOOT-INF/lib', name), { dereference: true });
    }
    const manifest = join(scratch, 'manifest.txt');
    await writeFile(manifest, 'Implementation-Title: shop\nImplementation-Version: 4.2.1\n');
    const out = join(scratch, 'out');
    await mkdir(join(out, 'opt'), { recursive: true });
    // Stored, as Spring Boot does, and compressed.
    await runTool(join(tools, 'jar'), ['c0fm', join(out, 'opt/app.jar'), manifest, '-C', app, '.']);
    await mkdir(join(scratch, 'web/WEB-INF/lib'), { recursive: true });
    await cp(join(out, 'opt/app.jar'), join(scratch, 'web/WEB-INF/lib/app.jar'));
    await runTool(join(tools, 'jar'), ['cf', join(out, 'opt/site.war'), '-C', join(scratch, 'web'), '.']);

    const { inventory: built } = await catalogDirectory(out, javaArchiveCataloger);
    const places = new Map(built.packages.map((pkg) => [pkg.name, pkg.occurrences.map(({ path }) => path)]));
    expect(places.get('shop')).toEqual(['opt/app.jar', 'opt/site.war!/WEB-INF/lib/app.jar']);
    expect(places.get('guava')).toEqual([
      'opt/app.jar!/BOOT-INF/lib/guava.jar',
      'opt/site.war!/WEB-INF/lib/app.jar!/BOOT-INF/lib/guava.jar',
    ]);
    const gson = built.packages.find(({ name }) => name === 'gson');
    const sha1 = createHash('sha1')
      .update(await readFile(join(java, 'gson.jar')))
      .digest('hex');
    expect(gson?.hashes).toEqual([{ algorithm: 'SHA-1', content: sha1 }]);
    expect(built.complete).toBe(true);
  });

  it('gives a runtime the version that it gives itself', async () => {
    const { inventory: runtimes } = await catalogDirectory(tree, jvmCataloger);
    const { stdout, stderr } = await runToEnd(join(tools, 'java'), ['-XshowSettings:properties', '-version']);
    const property = (name: string): string | undefined => new RegExp(`${name} = (.+)`).exec(stdout + stderr)?.[1];
    expect(runtimes.packages).toMatchObject([
      {
        ...{ name: 'jdk', namespace: property('java.vendor')?.toLowerCase() },
        ...{ version: property('java.runtime.version'), details: { javaVersion: property('java.version') } },
      },
    ]);
    expect(runtimes.packages[0]?.occurrences.map(({ path }) => basename(path))).toEqual(['release']);
  });
});

/** One line for each archive: its path, the SHA-1 of its sorted entries with their checksums, its Maven projects. */
const entriesProgram = `
import java.security.MessageDigest;
import java.util.*;
import java.util.zip.*;

class Entries {
  public static void main(String[] paths) throws Exception {
    for (String path : paths) {
      List<String> lines = new ArrayList<>();
      StringBuilder projects = new StringBuilder();
      try (ZipFile zip = new ZipFile(path)) {
        for (ZipEntry entry : Collections.list(zip.entries())) {
          lines.add(entry.getName() + " " + Long.toHexString(entry.getCrc()) + "\\n");
          String[] names = entry.getName().split("/");
          boolean project = entry.getName().startsWith("META-INF/maven/") && entry.getName().endsWith("/pom.properties");
          if (project && names.length == 5) projects.append("\\t" + names[2] + ":" + names[3]);
        }
      }
      Collections.sort(lines);
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(String.join("", lines).getBytes("UTF-8"));
      System.out.println(path + "\\t" + HexFormat.of().formatHex(digest) + projects);
    }
  }
}
`;
