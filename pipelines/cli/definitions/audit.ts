import type { CommandTools } from "./tools.js";

/** `fundpulse audit` on the command line. */
export function auditDefinition({ command, withConfig, done }: CommandTools): void {
  withConfig(
    command(
      "audit <printed>",
      "hold a printed report against the computed figures",
      `
Reads a printed report as it lies there (.docx, .html, .txt as copied from a web page or recognised from a scan,
.xlsx), or as data (.json, docs/audit.md), finds for each figure the computed one that it is, by its digits, its
neighbours and its words, and says whether it comes out:
  equal           as the bureau would print it, rounded once from unrounded sums
  differs         and nothing in the print explains it
  print-error     differs, and the print is wrong by itself: its own sums, quotients or another place of it give
                  the computed one, or digits are swapped or lost, with the kind of the error
  not-understood  no figure fits it clearly (of .json: not-computable, with the reason)
Exit code 0: all that is computed comes out; 3: a figure differs that the print is not itself wrong in;
2: the file cannot be read, or nothing is published for its period.

Examples:
  fundpulse audit report.docx                        the period is the one that the document says
  fundpulse audit report.docx --format docx --out marked.docx     a copy with a Word comment at each wrong figure
  fundpulse audit notice.txt --period 2024Q1 --format json > audit.json
  fundpulse audit report-2024h1.json --all           every table, computed beside printed`,
    ),
  )
    .option("-p, --period <period>", "compare with this period (default: the report's own)")
    .option("-f, --format <format>", "text, json, or docx: a copy of a .docx with comments", "text")
    .option("--rounding <rounding>", "detect, half-up or cut-off", "detect")
    .option("-o, --out <file>", "where the marked copy goes (--format docx)")
    .option("--hints <file>", "where figures stand that a .json report does not say it of (JSON)")
    .option("--all", "show every figure, not the differing ones alone")
    .action(async (path, options) =>
      done(await (await import("../commands/audit.js")).auditCommand(path, options)),
    );
}
