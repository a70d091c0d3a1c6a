import type { CommandTools } from "./tools.js";

/** `fundpulse explain` on the command line. */
export function explainDefinition({ command, withConfig, done }: CommandTools): void {
  withConfig(
    command(
      "explain <period> <indicator> [dimension=value...]",
      "from a figure to its settlements 指标溯源",
      `
Prints a published figure with its formula, what its numerator and denominator are summed from (the finest
cells, then the single settlements or records, pseudonymised), the reference data that applied, and what
changed since the period was closed. Everything adds up to the figure, or the exit code is 3.
Reads data/detail/detail.duckdb, which is for authorised users only; it is brought up to date first.
Without insurance= the figure of all insurances is meant; an indicator and a value may be given in Chinese.
Exit code 1: no such figure is published; 2: unknown period, indicator, dimension or value.

Examples:
  fundpulse explain 2024H1 reimb_rate insurance=resident care=inpatient region=city
  fundpulse explain 2024-03 persons --limit 50
  fundpulse explain 2024H1 次均费用 insurance=居民医保 care=住院
  fundpulse explain 2024 months_payable fund=resident
  fundpulse explain 2024H1 fee care=inpatient facility=H62072500001 --format csv > settlements.csv
  fundpulse explain 2024H1 visits care=inpatient --sql > visits.sql; duckdb -readonly data/detail/detail.duckdb < visits.sql`,
    ),
  )
    .option("-f, --format <format>", "text, json or csv (csv: the settlements, all of them)", "text")
    .option("-l, --limit <n>", "settlements or records to list: a number, 0 for none, or all (default: 20)")
    .option("--sql", "print the SQL over the detail file that gives the same settlements")
    .action(async (period, indicator, pairs, options) =>
      done(await (await import("../commands/explain.js")).explainCommand(period, indicator, pairs, options)),
    );
}
