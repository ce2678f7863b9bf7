import { defaultInWords } from './describe-setting.ts';
import { type Setting, settingFlag, settingName } from './setting.ts';
import { settingEntries, settingGroups, unusedVariables } from './settings.ts';

/** `docs/configuration.md`: every setting, from the table that the agent reads them by. */
export function settingsDocument(): string {
  const groups = settingGroups.map(({ title, rows }) => {
    const lines = settingEntries(rows).map(([, setting]) => row(setting));
    return [`## ${title}`, '', '| environment | flag | default | meaning |', '|---|---|---|---|', ...lines].join('\n');
  });
  const unused = unusedVariables.map(({ env, reason }) => `| \`${env}\` | ${cell(reason)} |`);
  return `${[introduction, ...groups, [unusedIntroduction, ...unused].join('\n')].join('\n\n')}\n`;
}

const introduction = `<!-- Generated from apps/agent/src/config by scripts/generate-docs.mjs; edits are lost. -->

# Configuration of \`iar run\`

A setting is given by its flag, in the environment, or in a configuration file; the flag counts before the environment,
that before the file, and the file before the default. \`iar config\` shows the value of each and where it comes from. All
that is wrong with a configuration is reported at once, with exit code 2.

- The **flag** has the name of the environment without \`AGENT_\` or \`IAR_\`. One dash does as well, as in
  \`iar run -runmode watcher\`.
- The **file** is YAML or JSON, named by \`--config\` or \`IAR_CONFIG\`. Its keys are the names of the flags without the
  leading dashes:

  \`\`\`yaml
  runmode: watcher
  cluster-name: production-1
  sink: [falcon, 'file:/var/lib/iar/reports']
  max-consumer-threads: 2
  \`\`\`

- An **empty value** is none, and blanks around a value do not count.
- **Lists** are separated by commas. Their flags can be repeated, and in the file they can be lists.
- **Yes or no** is \`true\` or \`false\`, \`1\` or \`0\`, in lower or upper case. As a flag the name alone means \`true\`.
- **Quantities** are bytes as Kubernetes writes them: \`512Mi\`, \`20Gi\`, \`10G\`.

\`NODE_EXTRA_CA_CERTS\` is read by Node itself: a PEM file with certificates that the whole process trusts.`;

const unusedIntroduction = `## Accepted without effect

The public chart sets these; here they may hold anything.

| environment | why |
|---|---|`;

function row(setting: Setting<unknown>): string {
  const example = setting.example === undefined ? '' : ` Example: \`${setting.example}\`.`;
  const names = [setting.env, ...(setting.aliases ?? [])].map((name) => `\`${name}\``).join(', ');
  const cells = [names, flagOf(setting), defaultOf(setting), setting.description + example];
  return `| ${cells.map(cell).join(' | ')} |`;
}

function flagOf(setting: Setting<unknown>): string {
  const flag = settingFlag(setting);
  if (flag !== undefined) return `\`${flag}\``;
  return setting.closedTo?.includes('file') ? '' : `none; \`${settingName(setting)}\` in the file`;
}

function defaultOf(setting: Setting<unknown>): string {
  if ('required' in setting) return '**required**';
  const { text, isValue } = defaultInWords(setting) ?? { text: '', isValue: false };
  return isValue ? `\`${text}\`` : text;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
