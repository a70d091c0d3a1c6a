import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { FundpulseError } from "../../../schemas/errors.js";
import { readHtml } from "./html.js";
import type { PrintedDocument } from "./model.js";
import { readSheets } from "./sheets.js";
import { readText } from "./text.js";
import { readWord } from "./word.js";

/** Documents that can be read, by how their names end. */
export const DOCUMENT_KINDS = [".docx", ".html", ".htm", ".txt", ".xlsx"] as const;

/** UTF-8, with a byte order mark UTF-16, and otherwise the national code. */
function decoded(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

/**
 * Reads a printed report from a file.
 * @throws FundpulseError FP1005 where the file is not there or is no document of a kind that can be read
 */
export function readDocumentFile(path: string): PrintedDocument {
  const kind = extname(path).toLowerCase();
  try {
    const bytes = readFileSync(path);
    if (kind === ".docx") return readWord(bytes);
    if (kind === ".xlsx") return readSheets(bytes);
    if (kind === ".html" || kind === ".htm") return readHtml(decoded(bytes));
    if (kind === ".txt") return readText(decoded(bytes));
  } catch (error) {
    throw new FundpulseError("FP1005", `${path}: ${(error as Error).message}`);
  }
  throw new FundpulseError("FP1005", `${path} is none of ${DOCUMENT_KINDS.join(", ")}, .json`);
}
