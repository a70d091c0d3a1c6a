import type { CommandTools } from "./tools.js";

/** `fundpulse nightly` on the command line. */
export function nightlyDefinition({ command, withConfig, done }: CommandTools): void {
  withConfig(
    command(
      "nightly",
      "close what is due, write the reports, verify",
      `
For a timer, once a night; works beside a running \`fundpulse run\` and alone, and twice in a row does no harm:
publishes what is not yet published, closes every period whose end lies more than periods.closeAfterDays days before the
date, writes the printed tables of closed periods under data/reports/<period>/, brings data/detail/ and
cells.duckdb up to date, and recounts all figures independently. Reads no new events: that is \`run\`'s.
Exit code 0: all well; 3: a due period was refused, or a figure differs; 75 or 1: failed, run it again.

Examples:
  fundpulse nightly
  fundpulse nightly --date 2024-04-11 --config /etc/fundpulse/county.yaml
  30 2 * * *  fundpulse nightly --config /etc/fundpulse/county.yaml      (crontab)`,
    ),
  )
    .option(
      "--date <day>",
      "the day that counts as today, YYYY-MM-DD (default: today in the jurisdiction's zone)",
    )
    .action(async (options) => done(await (await import("../commands/nightly.js")).nightlyCommand(options)));
}
