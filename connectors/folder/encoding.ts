import type { FolderSourceConfig } from "../../schemas/config/schema.js";

type Encoding = FolderSourceConfig["encoding"];

/**
 * Turns a line of another encoding into UTF-8. In GB18030 and GBK no byte of a longer character is a line end,
 * so lines can be found first, and one that is not of the encoding spoils no other. Null for UTF-8 and UTF-16.
 */
export function lineDecoder(encoding: Encoding): ((line: Buffer) => Buffer | null) | null {
  if (encoding !== "gb18030" && encoding !== "gbk") return null;
  const decoder = new TextDecoder(encoding, { fatal: true });
  return (line) => {
    try {
      return Buffer.from(decoder.decode(line));
    } catch {
      return null;
    }
  };
}

/** UTF-16 as UTF-8, whose line ends can be found as bytes. Other encodings are passed on as they are. */
export async function* wholeDecoder(
  chunks: AsyncIterable<Buffer>,
  encoding: Encoding,
): AsyncGenerator<Buffer> {
  if (encoding !== "utf-16le" && encoding !== "utf-16be") {
    yield* chunks;
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== "") yield Buffer.from(text);
  }
  const rest = decoder.decode();
  if (rest !== "") yield Buffer.from(rest);
}
