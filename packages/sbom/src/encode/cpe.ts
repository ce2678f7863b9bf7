/** One attribute of a formatted string: `*`, `-`, or letters and quoted signs with wildcards at the ends. */
const attribute = /(?:\?*|\*?)(?:[A-Za-z0-9\-._]|\\[\\*?!"#$%&'()+,/:;<=>@[\]^`{|}~])+(?:\?*|\*?)|[*-]/.source;
const attributes = (count: number): string => `(?::(?:${attribute})){${count}}`;
const language = ':(?:[A-Za-z]{2,3}(?:-(?:[A-Za-z]{2}|[0-9]{3}))?|[*-])';

const formatted = new RegExp(`^cpe:2\\.3:[aho*-]${attributes(5)}${language}${attributes(4)}$`);
const uri = /^cpe:\/[aho](?::[\w.~%-]*){1,6}$/;

/** Longer ones are nobody's product name, and cost the pattern too much. */
const maxLength = 1_000;

/** Whether a text is a CPE 2.3 formatted string (NISTIR 7695, 6.2). */
export function isFormattedCpe(text: string): boolean {
  return text.length <= maxLength && formatted.test(text);
}

/** Whether a text is a CPE in either of its forms, 2.3 or the URI of 2.2. */
export function isCpe(text: string): boolean {
  return isFormattedCpe(text) || (text.length <= maxLength && uri.test(text));
}
