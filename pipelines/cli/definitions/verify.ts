import { Option } from "commander";
import type { CommandTools } from "./tools.js";

/** `fundpulse verify` on the command line. */
export function verifyDefinition({ command, withConfig, done }: CommandTools): void {
  withConfig(
    command(
      "verify",
      "recount everything from the kept settlements, independently, and compare 核对",
      `
Publishes what is due, then counts every published figure again from the kept settlements, in SQL that shares
nothing with the running aggregation: sums and distinct persons of every period, group and insurance, the ratios,
what the funds paid. Works beside a running \`fundpulse run\`; \`nightly\` does it too. What came of the last one
stands in \`snapshot\`. Exit code 0: all equal; 3: figures differ, the first 50 are listed.

Examples:
  fundpulse verify
  fundpulse verify --format json > verify.json       up to 1000 differences
  fundpulse sql "SELECT verified_at, verified_differences, verified_hash FROM snapshot"`,
    ),
  )
    .addOption(
      new Option("-f, --format <format>", "how the result is written")
        .choices(["table", "json"])
        .default("table"),
    )
    .action(async (options) => done(await (await import("../commands/verify.js")).verifyCommand(options)));
}
