import type { CommandTools } from "./tools.js";

/** `fundpulse audit` on the command line. */
export function auditDefinition({ command, withConfig, done }: CommandTools): void {
  withConfig(
    command(
      "audit <printed.json>",
      "hold a printed report against the computed figures",
      `
Reads a printed report as data (docs/audit.md: tables cell by cell, figures of the prose, the report's own
formulas), finds for each figure the indicator behind it, and says whether it comes out:
  equal           as the bureau would print it, rounded once from unrounded sums
  differs         and nothing in the print explains it
  print-error     differs, and the print contradicts itself there: its own figures give the computed one
  not-computable  no indicator gives it, with the reason
Exit code 0: all that is computed comes out; 3: a figure differs that the print is not itself wrong in;
2: the file cannot be read, or nothing is published for its period.

Examples:
  fundpulse audit report-2024h1.json
  fundpulse audit report-2024h1.json --all           every table, computed beside printed
  fundpulse audit report.json --period 2024Q1 --format json > audit.json`,
    ),
  )
    .option("-p, --period <period>", "compare with this period (default: the report's own)")
    .option("-f, --format <format>", "text or json", "text")
    .option("--rounding <rounding>", "detect, half-up or cut-off", "detect")
    .option("--hints <file>", "where figures stand that the report does not say it of (JSON)")
    .option("--all", "show every figure, not the differing ones alone")
    .action(async (path, options) =>
      done(await (await import("../commands/audit.js")).auditCommand(path, options)),
    );
}
