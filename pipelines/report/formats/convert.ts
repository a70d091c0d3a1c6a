import { strToU8 } from "fflate";
import type { ReportFormat } from "../../../schemas/config/report.js";
import { unzip } from "../docx/zip.js";
import { readDocument } from "./document.js";
import { toHtml } from "./html.js";
import { toMarkdown } from "./markdown.js";
import { toPdf } from "./pdf.js";
import type { Source } from "./source.js";
import { toXlsx } from "./xlsx.js";

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
