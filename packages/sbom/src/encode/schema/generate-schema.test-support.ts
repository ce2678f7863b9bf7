import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vitest/node';
import { inventorySchema } from '../../model/inventory.ts';

/** A JSON schema, in the keywords that are used here. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

interface TypeNode {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

interface Declaration {
  readonly node: TypeNode;
  readonly source: string;
  /** Where the documentation ends. */
  readonly start: number;
}

const digest = { pattern: '^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[A-Za-z0-9=_-]+$' };

/** A schema as the formatter of this repository would write it: short lists on one line. */
export function printSchema(schema: JsonSchema): string {
  const lines = JSON.stringify(schema, undefined, 2);
  return `${lines.replace(
    /^( *)(.*)\[\n((?: *"[^"\n]*",?\n)+) *\]/gm,
    (all, indent: string, before: string, items: string) => {
      const line = `${indent}${before}[${items.trim().replace(/\n */g, ' ')}]`;
      return line.length < 120 ? line : all;
    },
  )}\n`;
}

/** What a type of TypeScript cannot say, by the property's name. */
const refinements: Readonly<Record<string, JsonSchema>> = {
  configDigest: digest,
  digest,
  diffId: digest,
  indexDigest: digest,
  line: { minimum: 1 },
  occurrences: { minItems: 1 },
  purl: { pattern: '^pkg:' },
  sha256: { pattern: '^[0-9a-f]{64}$' },
};

/** The JSON schema of an inventory, made of the interfaces in `model/` and what their documentation says. */
export function generateInventorySchema(): JsonSchema {
  const declarations = readDeclarations();
  const definitions: Record<string, JsonSchema> = {};
  const define = (name: string): void => {
    const declaration = declarations.get(name);
    if (declaration === undefined) throw new Error(`${name} is not declared in model/`);
    if (name in definitions) return;
    // Before its parts, which may refer to it.
    definitions[name] = {};
    definitions[name] = definition(name, declaration, define, declarations);
  };
  define('Inventory');
  const { Inventory: root, ...rest } = definitions;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:falcon-iar:inventory:1',
    title: 'Inventory of a container image',
    ...root,
    $defs: Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function readDeclarations(): Map<string, Declaration> {
  const folder = join(import.meta.dirname, '../../model');
  const declarations = new Map<string, Declaration>();
  for (const file of globSync('*.ts', { cwd: folder }).filter((name) => !name.includes('.test'))) {
    const source = readFileSync(join(folder, file), 'utf8');
    const { body } = parseAst(source, { lang: 'ts' } as Parameters<typeof parseAst>[1]) as unknown as {
      body: TypeNode[];
    };
    for (const { declaration, start } of body as (TypeNode & { declaration?: TypeNode })[]) {
      const name = (declaration?.id as { name?: string } | undefined)?.name;
      if (declaration !== undefined && name !== undefined) declarations.set(name, { node: declaration, source, start });
    }
  }
  return declarations;
}

type Define = (name: string) => void;

function definition(
  name: string,
  { node, source, start }: Declaration,
  define: Define,
  declarations: ReadonlyMap<string, Declaration>,
): JsonSchema {
  const description = documentation(source, start, name);
  if (name === 'Json') return { description };
  if (node.type === 'TSTypeAliasDeclaration') {
    return { description, ...schemaOf(node.typeAnnotation as TypeNode, source, define) };
  }
  const inherited = (node.extends as { expression: { name: string } }[]).map(({ expression }) => {
    const parent = declarations.get(expression.name);
    if (parent === undefined) throw new Error(`${expression.name} is not declared in model/`);
    return definition(expression.name, parent, define, declarations);
  });
  const own = objectSchema((node.body as { body: TypeNode[] }).body, source, define, name);
  const properties = Object.assign({}, ...inherited.map((parent) => parent.properties), own.properties);
  const required = [
    ...inherited.flatMap((parent) => parent.required as string[]),
    ...((own.required as string[]) ?? []),
  ];
  return { description, ...own, ...(own.properties !== undefined && { properties, required }) };
}

function objectSchema(members: readonly TypeNode[], source: string, define: Define, owner: string): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const required: string[] = [];
  for (const member of members) {
    const type = (member.typeAnnotation as { typeAnnotation: TypeNode }).typeAnnotation;
    if (member.type === 'TSIndexSignature') {
      return { type: 'object', additionalProperties: schemaOf(type, source, define) };
    }
    const { name } = member.key as { name: string };
    const description = documentation(source, member.start, `${owner}.${name}`);
    properties[name] = { description, ...schemaOf(type, source, define), ...refinements[name] };
    if (member.optional !== true) required.push(name);
  }
  return { type: 'object', properties, required };
}

function schemaOf(type: TypeNode, source: string, define: Define): JsonSchema {
  switch (type.type) {
    case 'TSStringKeyword':
      return { type: 'string' };
    case 'TSNumberKeyword':
      // Sizes, indexes, modes, counts: there is no other number in an inventory.
      return { type: 'integer', minimum: 0 };
    case 'TSBooleanKeyword':
      return { type: 'boolean' };
    case 'TSObjectKeyword':
      return { type: 'object' };
    case 'TSTypeOperator':
      return schemaOf(type.typeAnnotation as TypeNode, source, define);
    case 'TSArrayType':
      return { type: 'array', items: schemaOf(type.elementType as TypeNode, source, define) };
    case 'TSLiteralType':
      return { const: (type.literal as { value: string }).value };
    case 'TSTypeQuery':
      return { const: inventorySchema };
    case 'TSTypeLiteral':
      return objectSchema(type.members as TypeNode[], source, define, 'literal');
    case 'TSUnionType':
      return unionSchema(
        (type.types as TypeNode[]).filter(({ type: kind }) => kind !== 'TSUndefinedKeyword'),
        source,
        define,
      );
    case 'TSTypeReference': {
      const { name } = type.typeName as { name: string };
      define(name);
      return { $ref: `#/$defs/${name}` };
    }
    default:
      throw new Error(`No schema for a type like ${type.type} yet`);
  }
}

function unionSchema(types: readonly TypeNode[], source: string, define: Define): JsonSchema {
  const schemas = types.map((type) => schemaOf(type, source, define));
  const [only] = schemas;
  if (schemas.length === 1 && only !== undefined) return only;
  if (!schemas.every((schema) => 'const' in schema)) throw new Error('Only unions of literals have a schema yet');
  return { enum: schemas.map((schema) => schema.const) };
}

/** The comment that ends right before a declaration, as one line. */
function documentation(source: string, end: number, what: string): string {
  const [, text] = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(source.slice(0, end)) ?? [];
  if (text === undefined) throw new Error(`${what} is not described`);
  return text
    .replace(/^\s*\*\s?/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
