import type { ElfBinaryInfo } from '../wire/elf-binary-info.ts';
import type { HashedFileInfo } from '../wire/hashed-file-info.ts';
import type { HighEntropyFile, HighEntropyString } from '../wire/high-entropy-strings.ts';
import type { MlModelInfo } from '../wire/ml-model-info.ts';
import type { InputFile, InputSecret, InventoryInput } from './inventory-input.ts';
import { layerPosition, rootedPath } from './layer-position.ts';
import { formatPermissions } from './permissions.ts';

/** The ELF binaries, in the order of the inventory. Whether one is malicious is the cloud's to say. */
export function toElfBinaries({ files, layers }: InventoryInput): readonly ElfBinaryInfo[] {
  return files
    .filter(({ format }) => format === 'elf')
    .map((file) => ({
      Details: file.details,
      ...toHashedFile(file),
      ...layerPosition(layers, file.layer),
      Malicious: false,
    }));
}

/** The hashed files that are no ELF binaries, in the order of the inventory. */
export function toHashedFiles({ files, layers }: InventoryInput): readonly HashedFileInfo[] {
  return files
    .filter(({ format }) => format !== 'elf')
    .map((file) => ({ ...toHashedFile(file), ...layerPosition(layers, file.layer) }));
}

/** The model files, in the order of the inventory. */
export function toMlModels({ models, layers }: InventoryInput): readonly MlModelInfo[] {
  return models.map((model) => ({
    Details: { ...model.details, format: model.format },
    Hash: model.sha256,
    LayerHash: '',
    ...layerPosition(layers, model.layer),
    Malicious: false,
    Path: rootedPath(model.path),
    Size: model.size,
  }));
}

/** The secret candidates, one entry per file, in the order of the inventory. */
export function toHighEntropyFiles({ secrets, layers }: InventoryInput): readonly HighEntropyFile[] {
  const byFile = Map.groupBy(secrets, ({ layer, path }) => `${layer} ${path}`);
  return [...byFile.values()].map((found) => {
    const { layer, path } = found[0]!;
    return { ...layerPosition(layers, layer), Path: rootedPath(path), Strings: found.map(toHighEntropyString) };
  });
}

function toHighEntropyString({ hash, line, name, rule, masked }: InputSecret): HighEntropyString {
  return { Hash: hash, Line: line, ...(name === undefined ? {} : { Name: name }), RegexName: rule, String: masked };
}

/** The paths that layers take away, sorted, each once. */
export function toWhiteoutFiles({ whiteouts }: InventoryInput): readonly string[] {
  return [...new Set(whiteouts.map(({ path }) => rootedPath(path)))].sort();
}

function toHashedFile(file: InputFile): Pick<HashedFileInfo, 'Hash' | 'Path' | 'Permissions' | 'Size'> {
  return {
    Hash: file.sha256,
    Path: rootedPath(file.path),
    Permissions: formatPermissions(file.mode),
    Size: file.size,
  };
}
