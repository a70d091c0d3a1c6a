import { loadConfig } from "../../../connectors/config/load.js";
import { openEngine } from "../../engine/open.js";
import { publishedFile } from "../../workspace/files.js";
import { commandLog } from "../../workspace/log.js";
import { count, progressLine } from "../terminal/progress.js";
import { say } from "../terminal/say.js";

/** `fundpulse rebuild`: derive everything again from the kept settlements under the present configuration. */
export async function rebuildCommand(options: { readonly config: string }): Promise<number> {
  const loaded = loadConfig(options.config);
  const log = commandLog(loaded);
  const progress = progressLine();
  const engine = await openEngine(loaded, { log, observer: progress, clock: Date.now }, { serve: false });
  try {
    const { settlements, version } = await engine.rebuild((done, total) =>
      progress.note(`${count(done)} of ${count(total)} settlements`),
    );
    progress.end();
    say(
      `${count(settlements)} settlements derived again\npublished version ${version}: ${publishedFile(loaded)}\n`,
    );
    return 0;
  } finally {
    progress.end();
    await engine.end();
  }
}
