import type { CommandTools } from "./tools.js";

/** `fundpulse monitor` on the command line. */
export function monitorDefinition({ command, withConfig, done }: CommandTools): void {
  withConfig(
    command(
      "monitor",
      "serve the web page and its API 监测页面",
      `
Prints its address as the first line and serves until stopped. Reads the published file only and never slows
\`fundpulse run\`, beside which it works; what is published reaches every open page within a second.
On this machine anyone may look; a host that other machines can reach needs monitor.tokens.
The API is described at /api/v1/openapi.json and in docs/api.md.

Examples:
  fundpulse monitor
  fundpulse monitor --host 0.0.0.0 --port 8321
  fundpulse run --monitor                          both in one process`,
    ),
  )
    .option("--host <host>", "address to listen on (default: monitor.host)")
    .option("--port <port>", "port, 0 for a free one (default: monitor.port)")
    .action(async (options) => done(await (await import("../commands/monitor.js")).monitorCommand(options)));
}
