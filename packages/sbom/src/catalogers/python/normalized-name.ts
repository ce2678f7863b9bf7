/** The form in which names of Python packages are compared (PEP 503): lower case, runs of `-`, `_`, `.` as one `-`. */
export function normalizedPythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
