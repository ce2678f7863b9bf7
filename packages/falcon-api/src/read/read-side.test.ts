import { describe, expect, it } from 'vitest';
import { collect } from './read-desk.test-support.ts';
import { readSideOver, shopDigest, shopFindings, shopImage } from './stored-images.test-support.ts';

const cid = '0123456789abcdef0123456789abcdef';

describe('images', () => {
  it('lists each image once, whichever agents sent it, with its counts', async () => {
    const { read } = readSideOver([shopImage(), shopImage(0, { agent_uuid: 'another' }), shopImage(1)]);
    const images = await collect(read.images.list());
    expect(images.map(({ tag }) => tag)).toEqual(['1.2', '1.1']);
    expect(images[0]).toMatchObject({
      ...{ image_digest: shopDigest, architecture: 'arm64', base_os: 'Debian 12', cid, multi_arch: true },
      ...{ containers: 2, packages: 2, vulnerabilities: 2, detections: 1, layers_with_vulnerabilities: 1 },
      ...{ highest_vulnerability_severity: 'critical', highest_detection_severity: 'high' },
      ...{ first_seen: '2026-08-06T07:06:40.000Z', last_seen: '2026-08-06T07:06:41.000Z' },
    });
  });

  it('gives those that fit a filter', async () => {
    const { read } = readSideOver([shopImage(), shopImage(1), shopImage(2)]);
    const found = await collect(
      read.images.list({ filter: "repository:'acme/shop'+tag:['1.1','1.2']", sort: 'tag|desc' }),
    );
    expect(found.map(({ tag }) => tag)).toEqual(['1.2', '1.2', '1.1']);
    expect(await read.images.count({ filter: "tag:'1.1'" })).toBe(1);
    expect(await read.images.count()).toBe(3);
  });

  it('gives details, with the config where it is asked for', async () => {
    const { read } = readSideOver([shopImage()]);
    const [plain] = await collect(read.images.details());
    const [withConfig] = await collect(read.images.details({ withConfig: true }));
    expect(plain).toMatchObject({ digest: shopDigest, image_size: 1024, base_os: 'Debian', base_os_version: '12' });
    expect(plain).not.toHaveProperty('config');
    expect(withConfig?.config).toMatchObject({ user: '1000', working_dir: '/app' });
  });

  it('exports a row for each image, or for each of its findings', async () => {
    const { read } = readSideOver([shopImage()]);
    const [whole, ...none] = await collect(read.images.findings());
    expect(whole).toMatchObject({ image_digest: shopDigest, started_containers: 1, business_unit: [], groups: [] });
    expect(none).toEqual([]);
    const rows = await collect(read.images.findings({ expandVulnerabilities: true, expandDetections: true }));
    expect(rows.map(({ cve_id, detection_name }) => cve_id || detection_name)).toEqual([
      ...['CVE-2026-0001', 'CVE-2026-0002', 'api-key'],
    ]);
    expect(rows[0]).toMatchObject({ cvss_score: '9.8', package_name_version: 'bash 5.2.15-2+b2' });
  });
});

describe('packages', () => {
  it('lists each once over all images, with its vulnerabilities', async () => {
    const { read } = readSideOver([shopImage(), shopImage(1)]);
    const packages = await collect(read.packages.list());
    expect(packages).toMatchObject([
      { package_name_version: 'bash 5.2.15-2+b2', all_images: 2, running_images: 2, vulnerability_count: 1 },
      { package_name_version: 'left-pad 1.3.0', license: 'MIT', vulnerabilities: [{ cveid: 'CVE-2026-0002' }] },
    ]);
    expect(packages[0]?.vulnerabilities).toMatchObject([{ fix_resolution: ['5.3'], severity: 'critical' }]);
  });

  it('lists each once per vulnerability', async () => {
    const { read } = readSideOver([shopImage()]);
    const filter = "severity:'low'";
    expect(await collect(read.packages.byVulnerability({ filter }))).toMatchObject([
      { package_name_version: 'left-pad 1.3.0', cveid: 'CVE-2026-0002', fix_resolution: [] },
    ]);
    expect(await collect(read.packages.byVulnerability({ onlyZeroDayAffected: true }))).toEqual([]);
  });
});

describe('vulnerabilities', () => {
  it('lists each once, with what it touches', async () => {
    const { read } = readSideOver([shopImage(), shopImage(1)]);
    expect(await collect(read.vulnerabilities.list({ sort: 'cvss_score.desc' }))).toMatchObject([
      { cve_id: 'CVE-2026-0001', cvss_score: 9.8, images_impacted: 2, packages_impacted: 1, exploited_status: 90 },
      { cve_id: 'CVE-2026-0002', cvss_score: 0, remediation_available: false },
    ]);
  });

  it('gives those of one image, found by its details', async () => {
    const { read, calls } = readSideOver([shopImage(), shopImage(1)]);
    const [image] = await collect(read.images.details({ filter: `image_digest:'${shopDigest}'` }));
    const found = await collect(read.vulnerabilities.ofImage(image?.uuid ?? ''));
    expect(found.map(({ cve_id, cvss_score }) => [cve_id, cvss_score])).toEqual([
      ['CVE-2026-0001', 9.8],
      ['CVE-2026-0002', 0],
    ]);
    expect(calls.at(-1)).toContain('limit=5000');
    await expect(collect(read.vulnerabilities.ofImage('none'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('tells all about one', async () => {
    const { read } = readSideOver([shopImage()]);
    expect(await collect(read.vulnerabilities.info('CVE-2026-0001'))).toMatchObject([
      { images_impacted: 1, packages: [{ package_fixed_version: '5.3', package_type: 'os' }], threat_actors: [] },
    ]);
  });

  it('looks up packages that belong to no stored image', async () => {
    const { read } = readSideOver([]);
    const packages = [{ Product: 'bash', MajorVersion: '5.2.15-2+b2', LayerIndex: 0 }];
    const libraries = [{ Name: 'left-pad', Version: '9', LayerIndex: 0 }];
    const found = await read.vulnerabilities.lookUp({
      ...{ osversion: 'Debian 12', packages, applicationPackages: [{ type: 1, libraries }] },
    });
    expect(found.map(({ Vulnerability }) => Vulnerability)).toMatchObject([
      { CVEID: 'CVE-2026-0001', FixedVersions: ['5.3'] },
      { CVEID: 'CVE-2026-0002' },
    ]);
  });
});

describe('detections', () => {
  it('lists each once, once per image, and as ids', async () => {
    const { read } = readSideOver([shopImage(), shopImage(1)]);
    expect(await collect(read.detections.list())).toMatchObject([
      { detection_id: 'd-1', images_impacted: 2, details: [] },
    ]);
    const filter = "image_tag:'1.1'+detection_type:'secret'";
    expect(await collect(read.detections.ofImages({ filter }))).toMatchObject([{ id: 'd-1', image_size: 1024 }]);
    expect(await collect(read.detections.ids())).toEqual(['d-1']);
  });
});

describe('containers', () => {
  it('lists images with the clusters and hosts they run on', async () => {
    const { read, calls } = readSideOver([
      shopImage(),
      shopImage(0, { agent_uuid: 'b', host_name: 'node-8', container_id: 'cafe' }),
    ]);
    expect(await collect(read.containers.images({ filter: "hosts:'node-8'" }))).toMatchObject([
      {
        containers_running_status: { f00d: true, cafe: true },
        cluster_info: [{ cluster_name: 'production' }],
        hosts: ['node-7', 'node-8'],
        image_has_been_assessed: true,
        running_container_count: 2,
      },
    ]);
    expect(calls[0]).toContain('limit=200');
  });

  it('gives the containers nobody can attribute, counts as texts', async () => {
    const unidentifiedContainers = [{ pod_name: 'ghost', detections_count: '3', assessed_images: null }];
    const { read } = readSideOver([], { unidentifiedContainers });
    expect(await collect(read.containers.unidentified())).toEqual([
      {
        ...{ pod_name: 'ghost', detections_count: '3', assessed_images: [] },
        ...{ containers_impacted: [], unassessed_images: [] },
      },
    ]);
  });
});

describe('reports', () => {
  const selector = { repository: 'acme/shop', tag: '1.2' };

  it('gives the report of an image in the cloud’s own form', async () => {
    const { read } = readSideOver([shopImage(), shopImage(1)]);
    const report = await read.reports.byReference(selector);
    expect(report.ImageInfo).toMatchObject({ Digest: shopDigest, Architecture: 'arm64' });
    expect(report.Vulnerabilities.map(({ Vulnerability }) => Vulnerability.CVEID)).toEqual([
      'CVE-2026-0001',
      'CVE-2026-0002',
    ]);
    expect(report.Vulnerabilities[0]?.Vulnerability).toMatchObject({ Remediation: [], Product: { Product: 'bash' } });
    expect(report.Detections).toMatchObject([{ Detection: { Type: 'secret', Severity: 'high' } }]);
    expect(report).toMatchObject({
      Packages: [{ Product: 'bash' }],
      Layers: [{ Size: 1024 }],
      OSInfo: { Name: 'Debian' },
    });
    const scan = String(report.ScanInfo.ScanUUID);
    expect((await read.reports.byScanId(scan)).ImageInfo.Digest).toBe(shopDigest);
  });

  it('gives it as CycloneDX and as SARIF', async () => {
    const { read } = readSideOver([shopImage()]);
    const bom = await read.reports.byReference({ digest: shopDigest }, { format: 'cyclonedx-json' });
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', components: [{ name: 'bash' }, { name: 'left-pad' }] });
    const log = await read.reports.byReference({ imageId: shopImage().inventory.ImageInfo.ID }, { format: 'sarif' });
    expect(log.runs).toMatchObject([
      { results: [{ ruleId: 'CVE-2026-0001' }, { ruleId: 'CVE-2026-0002' }, { ruleId: 'd-1' }] },
    ]);
  });

  it('says that there is none', async () => {
    const { read } = readSideOver([]);
    await expect(read.reports.byReference(selector)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(read.reports.byScanId('b3f6')).rejects.toThrow('the cloud has no report of it');
  });

  it('refuses a selector without members and an id that is none, before any call', async () => {
    const { read, calls } = readSideOver([]);
    await expect(read.reports.byReference({})).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    await expect(read.reports.byScanId('../x')).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
    expect(calls).toEqual([]);
  });
});

describe('policy checks', () => {
  it('say whether an image is denied, and by which vulnerabilities', async () => {
    const { read } = readSideOver([shopImage()]);
    const [verdict, ...none] = await read.policyChecks.check({ repository: 'acme/shop', tag: '1.2' });
    expect(verdict).toMatchObject({ deny: true, action: 'block', conditions: [], image: { image_digest: shopDigest } });
    expect(verdict?.evaluation_details).toMatchObject({ matched_cve_list: ['CVE-2026-0001'], excluded_cve_list: [] });
    expect(none).toEqual([]);
    const harmless = readSideOver([shopImage()], { vulnerabilities: shopFindings.vulnerabilities?.slice(1) ?? [] });
    expect(await harmless.read.policyChecks.check({ repository: 'acme/shop', tag: '1.2' })).toMatchObject([
      { deny: false },
    ]);
    await expect(read.policyChecks.check({ repository: 'x', tag: 'y' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
