import { describe, expect, it } from 'vitest';
import { readConfigFile } from './read-config-file.ts';

const read = (text: string) => readConfigFile('iar.yaml', () => text);
const problems = (text: string) => read(text).problems.map(({ message, hint }) => `${message} | ${hint}`);

describe('readConfigFile', () => {
  it('keeps values as they are written', () => {
    const { values, problems: none } = read(
      ['client-id: 0012345', 'max-consumer-threads: 2', 'debug: true', 'sink: [falcon, "file:/x y"]'].join('\n'),
    );
    expect(Object.fromEntries(values)).toEqual({
      ...{ 'client-id': '0012345', 'max-consumer-threads': '2', debug: 'true', sink: ['falcon', 'file:/x y'] },
    });
    expect(none).toEqual([]);
  });

  it('reads JSON, nothing at all, and values that are left open', () => {
    expect(read('{"http-port": 9090, "sink": ["falcon"]}').values.get('http-port')).toBe('9090');
    expect(read('# nothing\n')).toMatchObject({ problems: [] });
    expect(Object.fromEntries(read('cluster-name:\nregion: ~\ncid: null').values)).toEqual({
      ...{ 'cluster-name': '', region: '', cid: '' },
    });
  });

  it('follows aliases', () => {
    const { values } = read(
      'cluster-name: &name one\nhelm-version: *name\nsink: &list [*name, two]\ncatalogers: *list',
    );
    expect(Object.fromEntries(values)).toMatchObject({ 'helm-version': 'one', catalogers: ['one', 'two'] });
  });

  it('refuses unknown names with the nearest one and the line', () => {
    const known = 'docs/configuration.md and iar config list the names';
    expect(problems('debug: true\nhttpPort: 1\nAGENT_RUNMODE: socket\nsnik: falcon\nxyzzy: 1')).toEqual([
      `configuration file iar.yaml, line 2: "httpPort" is no setting | did you mean http-port? ${known}`,
      `configuration file iar.yaml, line 3: "AGENT_RUNMODE" is no setting | did you mean runmode? ${known}`,
      `configuration file iar.yaml, line 4: "snik" is no setting | did you mean sink? ${known}`,
      `configuration file iar.yaml, line 5: "xyzzy" is no setting | ${known}`,
    ]);
  });

  it('says which settings a file cannot hold', () => {
    expect(problems('config: other.yaml\npod-name: x')).toEqual([
      'configuration file iar.yaml, line 1: config cannot be set in a file | set IAR_CONFIG in the environment',
      'configuration file iar.yaml, line 2: pod-name cannot be set in a file | set POD_NAME in the environment',
    ]);
  });

  it.each([
    ['- runmode', /it is not a mapping/],
    ['just text', /it is not a mapping/],
    ['sink:\n  kind: falcon', /line 2: sink is neither a value nor a list of values/],
    ['sink: &a [*a]', /sink is neither a value nor a list/],
    ['sink: *gone', /line 1: it is not valid YAML \(|sink is neither/],
    ['sink: [[a]]', /sink is neither a value nor a list/],
    ['debug: true\ndebug: false', /line 2: a name stands there twice/],
    ['? [a]\n: 1', /"" is no setting/],
  ])('refuses %j', (text, message) => {
    expect(problems(text)).toEqual([expect.stringMatching(message)]);
  });

  it('never quotes a broken file, which may hold secrets', () => {
    const text = problems('client-secret: "hunter2\nrunmode: watcher\n').join();
    expect(text).toMatch(/line \d: it is not valid YAML \(\w+\)/);
    expect(text).not.toContain('hunter2');
  });

  it('reports a file that cannot be read or is none of ours', () => {
    const missing = readConfigFile('gone.yaml', () => {
      throw Object.assign(new Error('no'), { code: 'ENOENT' });
    });
    expect(missing.problems).toEqual([
      {
        message: 'configuration file gone.yaml: it cannot be read (ENOENT)',
        hint: 'name a readable file with --config',
      },
    ]);
    expect(problems('#'.repeat(2 ** 20 + 1))).toEqual([expect.stringMatching(/longer than 1 MiB/)]);
  });
});
