import { describe, expect, it } from 'vitest';
import type { TokenSource } from '../auth/token-source.ts';
import { UploadHosts } from './upload-hosts.ts';

const second = 1000;
const minute = 60 * second;
const body = 100_000;
const uploadUrl = 'https://upload.test';

/** Hosts with a clock. `quick` and `slow` are times for one body. */
function setUp(apiUrl = 'https://api.test') {
  const clock = { now: 1_786_000_000_000 };
  const tokenSource = { apiUrl, region: undefined } as unknown as TokenSource;
  return { clock, hosts: new UploadHosts(uploadUrl, tokenSource, () => clock.now) };
}
const quick = 500;
const slow = 30 * second;

/** The first host of so many plans in a row, of which each goes well. */
function serve(hosts: UploadHosts, count: number, time = quick): string[] {
  return Array.from({ length: count }, () => {
    const { first } = hosts.plan();
    hosts.took(first.name, time, body);
    return first.name;
  });
}

describe('errors', () => {
  it('are borne up to two in a row; a success wipes them out', () => {
    const { hosts } = setUp();
    for (let round = 0; round < 10; round += 1) {
      hosts.failed('upload', 2, false);
      expect(hosts.plan()).toMatchObject({ first: { name: 'upload' }, attempts: 1, isTrial: false });
      hosts.took('upload', quick, body);
      expect(hosts.plan()).toMatchObject({ first: { name: 'upload' }, attempts: 3 });
    }
    expect(hosts.serving).toBe('upload');
  });

  it('three in a row make the API host serve, whichever uploads met them', () => {
    const { hosts } = setUp();
    hosts.failed('upload', 1, false);
    hosts.took('api', quick, body);
    hosts.failed('upload', 2, false);
    expect(hosts.plan()).toMatchObject({ first: { name: 'api' }, second: { name: 'upload' }, attempts: 3 });
  });

  it('need one only where the path is not served', () => {
    const { hosts } = setUp();
    hosts.failed('upload', 1, true);
    expect(hosts.serving).toBe('api');
  });

  it('of both hosts leave the upload host in place, with one attempt each time', () => {
    const { hosts } = setUp();
    hosts.failed('api', 3, false);
    hosts.failed('upload', 3, false);
    expect(hosts.plan()).toMatchObject({ first: { name: 'upload' }, attempts: 1, second: { name: 'api' } });
    hosts.took('api', quick, body);
    hosts.failed('upload', 1, false);
    expect(hosts.serving).toBe('api');
  });

  it('are asked for one host alone where both are the same', () => {
    const { hosts } = setUp(uploadUrl);
    expect(hosts.plan()).toEqual({ first: expect.anything(), attempts: Number.POSITIVE_INFINITY, isTrial: false });
    expect(hosts.order()).toHaveLength(1);
  });
});

describe('the way back', () => {
  it('takes a rest of a minute and three trials that go well', () => {
    const { hosts, clock } = setUp();
    hosts.failed('upload', 3, false);
    clock.now += minute - 1;
    expect(serve(hosts, 3)).toEqual(['api', 'api', 'api']);
    clock.now += 1;
    expect(hosts.plan()).toMatchObject({
      first: { name: 'upload' },
      second: { name: 'api' },
      attempts: 1,
      isTrial: true,
    });
    hosts.took('upload', quick, body);
    expect(hosts.serving).toBe('api');
    expect(serve(hosts, 2)).toEqual(['upload', 'upload']);
    expect(hosts.serving).toBe('upload');
    expect(hosts.plan()).toMatchObject({ isTrial: false, attempts: 3 });
  });

  it('makes one upload at a time the trial', () => {
    const { hosts, clock } = setUp();
    hosts.failed('upload', 3, false);
    clock.now += minute;
    expect([hosts.plan(), hosts.plan(), hosts.plan()].map(({ isTrial }) => isTrial)).toEqual([true, false, false]);
    // The trial was aborted and tells nothing.
    clock.now += 30 * second;
    expect(hosts.plan().isTrial).toBe(true);
  });

  it('begins anew with each trial that fails, after rests that double up to a quarter of an hour', () => {
    const { hosts, clock } = setUp();
    hosts.failed('upload', 3, false);
    const rests: number[] = [];
    for (let trial = 0; trial < 6; trial += 1) {
      const begun = clock.now;
      while (!hosts.plan().isTrial) {
        clock.now += 10 * second;
      }
      rests.push((clock.now - begun) / minute);
      hosts.took('upload', quick, body);
      hosts.failed('upload', 1, false);
    }
    expect(rests).toEqual([1, 2, 4, 8, 15, 15]);
    expect(hosts.serving).toBe('api');
  });

  it('is longer for a host that fails again soon after, and not for one that held for long', () => {
    const { hosts, clock } = setUp();
    const comeBack = (): number => {
      const begun = clock.now;
      while (hosts.serving === 'api') {
        const { first } = hosts.plan();
        hosts.took(first.name, quick, body);
        clock.now += second;
      }
      return Math.round((clock.now - begun) / minute);
    };
    hosts.failed('upload', 3, false);
    expect(comeBack()).toBe(1);
    hosts.failed('upload', 3, false);
    expect(comeBack()).toBe(2);
    clock.now += 20 * minute;
    hosts.failed('upload', 3, false);
    expect(comeBack()).toBe(1);
  });

  it('is open at once where the API host fails and the upload host takes what it could not', () => {
    const { hosts } = setUp();
    hosts.failed('upload', 3, false);
    hosts.failed('api', 3, false);
    expect(hosts.plan()).toMatchObject({ first: { name: 'api' }, attempts: 1, second: { name: 'upload' } });
    hosts.took('upload', quick, body);
    expect(hosts.serving).toBe('upload');
  });
});

describe('latency', () => {
  it('of three slow uploads in a row makes the API host serve, if that may be quicker', () => {
    const { hosts } = setUp();
    expect(serve(hosts, 2, slow)).toEqual(['upload', 'upload']);
    expect(serve(hosts, 1, quick)).toEqual(['upload']);
    expect(serve(hosts, 3, slow)).toEqual(['upload', 'upload', 'upload']);
    expect(hosts.serving).toBe('api');
  });

  it('counts by the size of the body', () => {
    const { hosts } = setUp();
    for (let count = 0; count < 5; count += 1) {
      hosts.took('upload', slow, 50_000_000);
    }
    expect(hosts.serving).toBe('upload');
  });

  it('that both hosts have is no reason to switch more than once', () => {
    const { hosts } = setUp();
    expect(serve(hosts, 6, slow)).toEqual(['upload', 'upload', 'upload', 'api', 'api', 'api']);
    expect(new Set(serve(hosts, 50, slow))).toEqual(new Set(['upload']));
  });

  it('of the API host is measured anew after half an hour', () => {
    const { hosts, clock } = setUp();
    serve(hosts, 6, slow);
    expect(hosts.serving).toBe('upload');
    clock.now += 31 * minute;
    serve(hosts, 3, slow);
    expect(hosts.serving).toBe('api');
  });

  it('makes a trial fail', () => {
    const { hosts, clock } = setUp();
    hosts.failed('upload', 3, false);
    hosts.took('api', quick, body);
    clock.now += minute;
    expect(hosts.plan().isTrial).toBe(true);
    hosts.took('upload', slow, body);
    clock.now += minute;
    expect(hosts.plan().isTrial).toBe(false);
  });

  it('is not read from a clock that was set back', () => {
    const { hosts } = setUp();
    serve(hosts, 5, -1e9);
    expect(hosts.serving).toBe('upload');
  });
});
