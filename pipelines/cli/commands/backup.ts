import { resolve } from "node:path";
import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { loadConfig } from "../../../connectors/config/load.js";
import { acquireLock } from "../../../connectors/control/lock.js";
import { backupState } from "../../../connectors/state/backup.js";
import { Privacy } from "../../../connectors/state/person-key.js";
import { restoreState } from "../../../connectors/state/restore.js";
import { standingFiles } from "../../engine/belonging.js";
import { count, progressLine } from "../terminal/progress.js";
import { say } from "../terminal/say.js";
import { localText } from "./close.js";

interface Options {
  readonly config: string;
}

const percent = (done: number, total: number): string => `${Math.floor((100 * done) / Math.max(1, total))} %`;

/** `fundpulse backup`. */
export async function backupCommand(file: string, options: Options): Promise<number> {
  const { config } = loadConfig(options.config);
  const progress = progressLine();
  try {
    const made = await backupState(config.data, resolve(file), Date.now(), (stage, done, total) =>
      progress.note(`backup: ${stage} ${percent(done, total)}`),
    );
    progress.end();
    const bytes = made.entries.reduce((sum, entry) => sum + entry.size, 0);
    say(
      `${count(made.settlements)} settlements, ${made.closed.length} closes, commit ${made.sequence}: ${count(bytes)} bytes in ${resolve(file)}\n`,
    );
    return 0;
  } finally {
    progress.end();
  }
}

/** `fundpulse restore`. */
export async function restoreCommand(file: string, options: Options): Promise<number> {
  const { config } = loadConfig(options.config);
  const progress = progressLine();
  const lock = acquireLock(config.data, { brief: true });
  try {
    const standing = (await standingFiles(config.data)).filter((s) => s !== "unreadable");
    const restored = await restoreState({
      dataDir: config.data,
      file: resolve(file),
      keyCheck: new Privacy(config.privacy.personKey).keyCheck,
      now: Date.now(),
      replaces: standing.map(({ stateId, sequence }) => ({ stateId, sequence })),
      onProgress: (done, total) => progress.note(`restore: ${percent(done, total)}`),
    });
    progress.end();
    const lost = [...new Set(standing.flatMap((s) => s.closed))].filter((p) => !restored.closed.includes(p));
    const at = localText(new ZoneCalendar(config.timezone), restored.madeAt);
    const lines = [
      `restored the state of ${at} (fundpulse ${restored.program}): ${count(restored.settlements)} settlements, ${restored.closed.length} closes`,
      ...(lost.length === 0 ? [] : [`closed since, and to be closed again: ${lost.sort().join(", ")}`]),
      "read what came since and publish: fundpulse run",
    ];
    say(`${lines.join("\n")}\n`);
    return 0;
  } finally {
    progress.end();
    lock.release();
  }
}
