import type { JsonObject } from '../../model/json.ts';
import type { StatedPackage } from '../package-list.ts';
import { isPlainToken } from '../text/plain-token.ts';
import { withoutUndefined } from '../without-undefined.ts';
import type { GoBuildInfo, GoModule } from './go-build-info.ts';
import { mainModuleVersion } from './main-module-version.ts';
import { isModulePath, mainModulePath } from './module-path.ts';

/**
 * Settings that hold free text: compiler and linker flags. People pass secrets there (`-X main.token=…`), and paths of
 * the machine it was built on.
 */
const freeText = /flags$/i;
const maxSettingLength = 1_024;

/** The packages of a Go program: its main module, which needs all others, the modules it was built from, and Go's own. */
export function goPackages(info: GoBuildInfo): StatedPackage[] {
  const standard = standardLibrary(info.goVersion);
  const others = [...info.deps.flatMap(modulePackage), ...(standard ? [standard] : [])];
  const main = mainPackage(info, others);
  return main === undefined ? others : [main, ...others];
}

function mainPackage(info: GoBuildInfo, others: readonly StatedPackage[]): StatedPackage | undefined {
  const { goVersion, path } = info;
  const main = info.main ?? unnamedModule(path);
  if (main === undefined || !isModulePath(main.path)) return undefined;
  const version = mainModuleVersion(info) ?? '(devel)';
  const dependsOn = [...new Set(others.map(({ key = '' }) => key))];
  return {
    ...named(main.path),
    ...{ type: 'golang', class: 'language', version, key: 'main', dependsOn },
    details: withoutUndefined({
      mainModule: true,
      assumed: info.main === undefined ? true : undefined,
      mainPackage: path !== main.path ? path : undefined,
      statedVersion: main.version !== version ? main.version : undefined,
      goVersion,
      sum: main.sum,
      settings: settingsOf(info.settings),
    }),
  };
}

/** The module of a program that was built without modules. */
function unnamedModule(mainPackage: string | undefined): GoModule | undefined {
  const path = mainModulePath(mainPackage);
  return path === undefined ? undefined : { path };
}

/** A module; what replaced it where something did, unless that is a directory, which has no name of its own. */
function modulePackage(module: GoModule): StatedPackage[] {
  const { replace } = module;
  const replaced = replace !== undefined && replace.version !== undefined && isModulePath(replace.path);
  const built = replaced ? replace : module;
  if (!isModulePath(built.path)) return [];
  return [
    {
      ...named(built.path),
      ...{ type: 'golang', class: 'language', version: built.version ?? '(devel)', key: `module ${module.path}` },
      details: withoutUndefined({
        sum: built.sum,
        replaces: replaced ? `${module.path}${module.version ? `@${module.version}` : ''}` : undefined,
        replacedBy: replace !== undefined && !replaced ? replace.path : undefined,
      }),
    },
  ];
}

function standardLibrary(goVersion: string): StatedPackage | undefined {
  const [first = '', ...others] = goVersion.split(/\s+/);
  const version = first === 'devel' ? `devel ${others[0] ?? ''}`.trim().replace(' ', '-') : first.replace(/^go/, '');
  if (!isPlainToken(version)) return undefined;
  return {
    ...{ type: 'golang', class: 'language', name: 'stdlib', version, key: 'stdlib', licenses: ['BSD-3-Clause'] },
    details: { goVersion },
  };
}

function named(path: string): { name: string; namespace?: string } {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? { name: path } : { namespace: path.slice(0, slash), name: path.slice(slash + 1) };
}

function settingsOf(settings: Readonly<Record<string, string>>): JsonObject | undefined {
  const kept = Object.entries(settings).filter(([key, value]) => {
    return !freeText.test(key) && isPlainToken(key) && value !== '' && value.length <= maxSettingLength;
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
