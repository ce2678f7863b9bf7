/** Encodings that XML files of Java projects have beside UTF-8, by the names that their declarations use. */
const singleByte = /^(?:iso-8859-\d{1,2}|latin1|windows-125\d|us-ascii|ascii)$/i;

/** The text of an XML file in the encoding that its declaration names; bytes that have no meaning there become U+FFFD. */
export function decodeXml(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 200)).toString('latin1');
  const encoding = /^<\?xml[^>]{0,100}encoding\s*=\s*["']([\w.-]{1,40})["']/.exec(head)?.[1];
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  const known = encoding !== undefined && singleByte.test(encoding);
  return new TextDecoder(known ? decoderName(encoding) : 'utf-8').decode(bytes);
}

/** There is no ISO 8859-12, and a declaration may name it all the same. */
function decoderName(encoding: string): string {
  return /^iso-8859-(?:0|12|1[7-9]|[2-9]\d)/i.test(encoding) ? 'latin1' : encoding;
}
