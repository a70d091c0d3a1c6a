import type { Command } from "commander";
import type { CommandTools } from "./tools.js";

/** `fundpulse report` on the command line; gives the command, to which others add theirs. */
export function reportDefinition({ command, withConfig, done }: CommandTools): Command {
  const report = withConfig(
    command(
      "report [period]",
      "write a period's report from a Word template 运行分析报告",
      `
Fills a Word template with the figures of a period: prose, tables, charts. Without --template it is the one that
report.templates names for the kind of period, or the built-in one. Each file is a line of standard output:
data/reports/<period>/<template>.<format>, or in --out. Wrong tags are listed all at once and nothing is written
(exit code 2); a figure that does not exist prints report.absent and is named on standard error.
PDF is made by LibreOffice (soffice), where it is installed.

Examples:
  fundpulse report 2024H1
  fundpulse report 2024H1 --format docx,xlsx,html,pdf --out /srv/reports
  fundpulse report copy county-half-year ours.docx && fundpulse report 2024H1 --template ours.docx
  fundpulse report templates`,
    ),
  )
    .option("-t, --template <template>", "name of a built-in template, or a Word document")
    .option(
      "-f, --format <formats>",
      "docx, xlsx, html, md, pdf; several with commas (default: report.formats)",
    )
    .option("-o, --out <folder>", "folder of the files")
    .option("--public", "only figures of the public edition (see export public); template public-notice")
    .action(async (period: string | undefined, options) =>
      done(await (await import("../commands/report.js")).reportCommand(period, options)),
    );
  report
    .command("templates")
    .description("the built-in templates")
    .action(async () => done((await import("../commands/report.js")).templatesCommand()));
  report
    .command("copy <name> <file>")
    .description("a built-in template as a Word document, to be edited")
    .action(async (name: string, file: string) =>
      done((await import("../commands/report.js")).copyCommand(name, file)),
    );
  // --out is a folder of `report`, and a file of `report learn`.
  report.enablePositionalOptions();
  withConfig(
    report
      .command("learn <printed>")
      .description("a template of a printed report: its figures become tags")
      .addHelpText(
        "after",
        `
Each figure of the document (docx, html, txt, xlsx) that equals a computed one of the period, and is clearly that one
by its words, becomes a tag; the others stay as they are printed and are listed with their place and the reason.

Example:
  fundpulse report learn last-report.docx --period 2024H1 --out ours.docx
  fundpulse report 2024H2 --template ours.docx`,
      ),
  )
    .option("-p, --period <period>", "the period that the document is of (default: the one that it says)")
    .requiredOption("-o, --out <file>", "the template to write (.docx)")
    .action(async (printed: string, options) =>
      done(await (await import("../commands/report-learn.js")).learnCommand(printed, options)),
    );
  return report;
}
