import type { CommandTools } from "./tools.js";

/** `fundpulse gaps list|dismiss` on the command line. */
export function gapsDefinition({ command, withConfig, done }: CommandTools): void {
  const gaps = command(
    "gaps",
    "records that were lost before they could be read, and accepted 数据缺口",
    `
\`fundpulse run --accept-gap\` notes a gap and goes on. It stands in table quality_gap, in \`snapshot\`, in health and
metrics until it is dismissed: when the records have come another way, or when nobody has them any more.

Examples:
  fundpulse gaps list
  fundpulse gaps dismiss 1 --by 李四 --note "省平台已补传"`,
  );
  const load = () => import("../commands/gaps.js");
  withConfig(gaps.command("list"))
    .description("every gap that was accepted")
    .option("-f, --format <format>", "table or json", "table")
    .action(async (options) => done(await (await load()).gapsList(options)));
  withConfig(gaps.command("dismiss <id>"))
    .description("say that a gap need not be looked at any more; it stays listed")
    .requiredOption("--by <name>", "who says so")
    .option("--note <text>", "what became of the records", "")
    .action(async (id, options) => done(await (await load()).gapsDismiss(id, options)));
}
