import type { CommandTools } from "./tools.js";

/** `fundpulse export` on the command line. */
export function exportDefinition({ command, withConfig, done }: CommandTools): void {
  const group = command(
    "export",
    "figures for people outside the bureau 公开数据",
    `
Example:
  fundpulse export public 2024Q1 --format xlsx`,
  );
  withConfig(group.command("public <period>"))
    .description("the public edition of a period, small counts suppressed")
    .option("-f, --format <format>", "csv, xlsx or duckdb", "csv")
    .option("-o, --out <folder>", "folder of the file (default: data/reports/<period>)")
    .addHelpText(
      "after",
      `
Counts below privacy.smallCell are suppressed with their money and ratios, and as many further rows, the smallest first,
as keep them from being computed. Each edition is recorded under data/public; a period that shares days with one that
was published is refused [FP7004], and an edition stands as it is while corrections to it are smaller than smallCell.
`,
    )
    .action(async (period, options) =>
      done(await (await import("../commands/export.js")).exportPublicCommand(period, options)),
    );
}
