import type { CommandTools } from "./tools.js";

/** `fundpulse close` on the command line. */
export function closeDefinition({ command, withConfig, done }: CommandTools): void {
  withConfig(
    command(
      "close <period>",
      "freeze the figures of a period 月结/年结",
      `
A period is a month 2024-03, a quarter 2024Q1, a half 2024H1, a year 2024 or a year to date 2024YTD05.
From then on \`reported\` holds the frozen figures, and what changes later is listed in \`restatement\`. Works beside
a running \`fundpulse run\`. When something speaks against it (records in quarantine, facilities that lag, codes
that no table knows) it is listed and nothing is closed, unless --force is given; a period that is not over is never closed.
Exit code 0: closed; 3: refused; 1: it was closed before; 2: no such period.

Examples:
  fundpulse close 2024-03
  fundpulse close 2024H1 --force
  fundpulse sql "FROM quality_period WHERE period = '2024-03'"    what would be said`,
    ),
  )
    .option("--force", "close in spite of the problems that allow it")
    .action(async (period, options) =>
      done(await (await import("../commands/close.js")).closeCommand(period, options)),
    );
}
