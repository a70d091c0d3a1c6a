import type { CommandTools } from "./tools.js";

/** `fundpulse backup` and `fundpulse restore` on the command line. */
export function backupDefinition({ command, withConfig, done }: CommandTools): void {
  const load = () => import("../commands/backup.js");
  withConfig(
    command(
      "backup <file>",
      "the state of one moment in one sealed file 备份",
      `
Works beside a running \`fundpulse run\`, which goes on meanwhile. What was copied is looked through before it counts.
The file appears whole or not at all; an earlier backup under its name is replaced, anything else is not.
privacy.personKey is not in it, nor the configuration and the reference tables: keep these apart. docs/operations.md
has the drill.

Example:
  fundpulse backup /backup/fundpulse-$(date +%F).backup`,
    ),
  ).action(async (file, options) => done(await (await load()).backupCommand(file, options)));
  withConfig(
    command(
      "restore <file>",
      "put a backup back, where no state is 恢复",
      `
Refuses to overwrite a state, and what is damaged, cut off, of another key or of a newer program. Then \`fundpulse run\`
reads what came since from Kafka or the drop folder and publishes everything anew. Says which closes are lost.

Example:
  fundpulse restore /backup/fundpulse-2024-06-30.backup && fundpulse run`,
    ),
  ).action(async (file, options) => done(await (await load()).restoreCommand(file, options)));
}
