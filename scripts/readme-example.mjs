/** The first TypeScript or JavaScript code block of a README: the example its readers try first. Undefined without one. */
export function readmeExample(markdown) {
  return /^```(?:ts|js|typescript|javascript)\b[^\n]*\n([\s\S]*?)^```/m.exec(markdown)?.[1];
}
