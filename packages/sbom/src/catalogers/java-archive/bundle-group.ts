/**
 * The Maven group behind a bundle's symbolic name or a module's name, by the rule of Maven's bundle plugin turned round:
 * group and artefact are joined by a dot, and where the artefact begins with the group's last name, it is there only once.
 * `org.apache.commons.lang3` and `commons-lang3` give `org.apache.commons`; `com.zaxxer.HikariCP` and `HikariCP` give
 * `com.zaxxer`.
 */
export function bundleGroup(symbolicName: string, artifact: string): string | undefined {
  if (symbolicName.length > 256 || !/^[a-z][\w-]*(?:\.[\w-]+)+$/i.test(symbolicName)) return undefined;
  if (symbolicName.endsWith(`.${artifact}`)) return groupName(symbolicName.slice(0, -artifact.length - 1));
  // The artefact is the whole name, as bundles of Eclipse and OSGi have it.
  if (symbolicName === artifact) return groupName(symbolicName.slice(0, symbolicName.lastIndexOf('.')));
  const [first = '', ...others] = artifact.split(/[-.]/);
  const end = `.${[first, ...others].join('.')}`;
  if (first === '' || others.length === 0 || !symbolicName.replaceAll('-', '.').endsWith(end)) return undefined;
  return groupName(symbolicName.slice(0, symbolicName.length - end.length + 1 + first.length));
}

/** A group has more than one name, but for a few old ones that have their artefact's. */
function groupName(text: string): string | undefined {
  return text.includes('.') ? text : undefined;
}
