import type { CommandTools } from "./tools.js";

/** `fundpulse alerts list|ack|test` on the command line. */
export function alertsDefinition({ command, withConfig, done }: CommandTools): void {
  const alerts = command(
    "alerts",
    "alerts and their channels 预警",
    `
Rules are \`alerts\` of the configuration (left out: a default list), channels are \`notify\`. Alerts are judged with
every publish and stand in tables alert and alert_event of the published file. Works beside a running
\`fundpulse run\`.

Examples:
  fundpulse alerts list
  fundpulse alerts list --state open,acknowledged --format json
  fundpulse alerts ack c3d937ef77-1 --by 张三 --note "已约谈该院"
  fundpulse alerts test                             a test message over every channel`,
  );
  const load = () => import("../commands/alerts.js");
  withConfig(alerts.command("list"))
    .description("alerts that stand, and those that were cleared")
    .option("--state <states>", "open, acknowledged, cleared, joined by commas (default: the first two)")
    .option("-f, --format <format>", "table or json", "table")
    .action(async (options) => done(await (await load()).alertsList(options)));
  withConfig(alerts.command("ack <id>"))
    .description("say that an open alert was seen; it stays until its cause is gone")
    .requiredOption("--by <name>", "who has seen it")
    .option("--note <text>", "what is done about it", "")
    .action(async (id, options) => done(await (await load()).alertsAck(id, options)));
  withConfig(alerts.command("test"))
    .description("send a test message over every channel, or over one")
    .option("--channel <name>", "only over this one")
    .action(async (options) => done(await (await load()).alertsTest(options)));
}
