import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { loadConfig } from "../../../connectors/config/load.js";
import { textTable } from "../../../connectors/duckdb/query.js";
import type { GapRow } from "../../../connectors/ports/publisher.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { askEngine } from "../terminal/engine-deps.js";
import { say } from "../terminal/say.js";
import { words } from "../terminal/words.js";
import { localText } from "./close.js";

interface Options {
  readonly config: string;
}

/** `fundpulse gaps list`. */
export async function gapsList(options: Options & { readonly format: string }): Promise<number> {
  const loaded = loadConfig(options.config);
  const gaps = await askEngine(loaded, (engine) => engine.gaps.list());
  const calendar = new ZoneCalendar(loaded.config.timezone);
  say(options.format === "json" ? `${JSON.stringify(gaps, null, 2)}\n` : listText(gaps, calendar));
  return 0;
}

function listText(gaps: readonly GapRow[], calendar: ZoneCalendar): string {
  if (gaps.length === 0) return "no gaps\n";
  const columns = ["id", "source", "partition", "kind", "from", "up to", "accepted", "by", "status", "note"];
  const rows = gaps.map((g) => [
    String(g.id),
    g.source,
    g.partition,
    g.kind,
    String(g.from_next),
    g.kind === "recreated" ? "?" : String(g.to_next),
    localText(calendar, g.accepted_at),
    g.accepted_by,
    g.status,
    g.note ?? "",
  ]);
  return `${textTable({ columns, numeric: columns.map(() => false), rows }).join("\n")}\n`;
}

/** `fundpulse gaps dismiss`. */
export async function gapsDismiss(
  id: string,
  options: Options & { readonly by: string; readonly note: string },
): Promise<number> {
  const by = words("--by", options.by, "who says that the gap need not be looked at");
  if (!/^\d{1,15}$/.test(id)) throw new FundpulseError("FP1003", `${JSON.stringify(id)} is no gap's id`);
  await askEngine(loadConfig(options.config), (engine) =>
    engine.gaps.dismiss(Number(id), by, options.note.trim()),
  );
  say(`gap ${id} dismissed\n`);
  return 0;
}
