const begins = (bytes: Buffer, ...first: number[]): boolean =>
  bytes.length >= first.length && first.every((byte, i) => bytes[i] === byte);

/**
 * What a file that should hold lines of JSON is instead, as its first bytes tell, and what to do; null where they do not.
 * Nothing of such a file is a line.
 */
export function otherKind(head: Buffer): string | null {
  const [brace, nul] = [0x7b, 0];
  const utf16 = (which: string): string =>
    `the bytes are not valid UTF-8; they look like ${which}: set source.encoding`;
  if (begins(head, 0xff, 0xfe) || begins(head, brace, nul)) return utf16("utf-16le");
  if (begins(head, 0xfe, 0xff) || begins(head, nul, brace)) return utf16("utf-16be");
  if (begins(head, 0x1f, 0x8b))
    return "the lines are gzip data: give the file a name that ends in .gz, and pack it once";
  if (begins(head, 0x50, 0x4b, 0x03, 0x04))
    return "the file is a zip archive or an Excel workbook: write one JSON object a line";
  if (begins(head, 0xd0, 0xcf, 0x11, 0xe0))
    return "the file is an Excel workbook: write one JSON object a line";
  if (begins(head, 0x4f, 0x62, 0x6a, 0x01))
    return "the file is an Avro container: give it a name that ends in .avro";
  return null;
}
