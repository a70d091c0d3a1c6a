import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { FundpulseError } from "../../../schemas/errors.js";

/** A large report takes some ten seconds. */
const TIMEOUT_MS = 180_000;

/** A Word document as PDF, through LibreOffice. @throws FundpulseError FP7003 where it is not there or fails. */
export async function toPdf(docx: Uint8Array): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "fundpulse-pdf-"));
  try {
    const source = join(folder, "report.docx");
    writeFileSync(source, docx);
    // A profile of its own: two reports at once, and a user who has LibreOffice open, are no trouble.
    const profile = `-env:UserInstallation=${pathToFileURL(join(folder, "profile")).href}`;
    await promisify(execFile)(
      process.env.FUNDPULSE_SOFFICE ?? "soffice",
      [profile, "--headless", "--convert-to", "pdf", "--outdir", folder, source],
      { timeout: TIMEOUT_MS },
    );
    return new Uint8Array(readFileSync(join(folder, "report.pdf")));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new FundpulseError(
      "FP7003",
      missing
        ? "LibreOffice (soffice) made no PDF or is not there"
        : `LibreOffice failed: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
