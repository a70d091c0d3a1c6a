import { strToU8 } from "fflate";
import type { Reader } from "../../../connectors/duckdb/reports/figures.js";
import type { ReportFormat } from "../../../schemas/config/report.js";
import type { Config } from "../../../schemas/config/schema.js";
import { unzip } from "../docx/zip.js";
import type { Prepared } from "../tags/prepare.js";
import { readDocument } from "./document.js";
import { toHtml } from "./html.js";
import { toMarkdown } from "./markdown.js";
import { toPdf } from "./pdf.js";
import { toXlsx } from "./xlsx.js";

/** A rendered report, and what it was made of. */
export interface Source {
  readonly docx: Uint8Array;
  readonly prepared: Prepared;
  readonly config: Config;
  readonly reader: Reader;
  readonly period: string;
}

/** The same report in another format. @throws FundpulseError FP7003 for PDF without LibreOffice. */
export async function convert(format: Exclude<ReportFormat, "docx">, source: Source): Promise<Uint8Array> {
  switch (format) {
    case "pdf":
      return toPdf(source.docx);
    case "html":
      return strToU8(toHtml(readDocument(unzip(source.docx))));
    case "md":
      return strToU8(toMarkdown(readDocument(unzip(source.docx))));
    case "xlsx":
      return toXlsx(source);
  }
}
