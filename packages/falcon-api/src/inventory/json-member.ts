/** A JSON object somebody else wrote; nothing of its shape is sure. */
export type ForeignObject = Readonly<Record<string, unknown>>;

/** A member that is an object and no array. */
export function objectMember(from: object, key: string): ForeignObject | undefined {
  const value = ownMember(from, key);
  return isObject(value) ? value : undefined;
}

/** A member that is a string. */
export function stringMember(from: object, key: string): string | undefined {
  const value = ownMember(from, key);
  return typeof value === 'string' ? value : undefined;
}

/** A member that is a boolean. */
export function booleanMember(from: object, key: string): boolean | undefined {
  const value = ownMember(from, key);
  return typeof value === 'boolean' ? value : undefined;
}

/** A member that is a whole number JSON carries exactly. */
export function integerMember(from: object, key: string): number | undefined {
  const value = ownMember(from, key);
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}

/** The strings of a member that is an array. */
export function stringsMember(from: object, key: string): readonly string[] | undefined {
  const value = ownMember(from, key);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}

/** The objects of a member that is an array. */
export function objectsMember(from: object, key: string): readonly ForeignObject[] | undefined {
  const value = ownMember(from, key);
  return Array.isArray(value) ? value.filter(isObject) : undefined;
}

/** The strings of a member that is an object. */
export function stringMapMember(from: object, key: string): Readonly<Record<string, string>> | undefined {
  const value = objectMember(from, key);
  // From entries, so that a key such as `__proto__` is a member like any other.
  return (
    value &&
    Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  );
}

/** A member that is a set in Docker's form, such as `{ '80/tcp': {} }`; a null in it becomes an empty object. */
export function setMember(from: object, key: string): ForeignObject | undefined {
  const value = objectMember(from, key);
  return value && Object.fromEntries(Object.entries(value).map(([name, item]) => [name, item ?? {}]));
}

function isObject(value: unknown): value is ForeignObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownMember(from: object, key: string): unknown {
  return Object.hasOwn(from, key) ? Reflect.get(from, key) : undefined;
}
