import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { loadConfig } from "../../../connectors/config/load.js";
import { textTable } from "../../../connectors/duckdb/query.js";
import type { GapRow } from "../../../connectors/ports/publisher.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { withEngine } from "../../engine/open.js";
import { commandLog } from "../../workspace/log.js";
import { engineDeps } from "../terminal/engine-deps.js";
import { localText } from "./close.js";

interface Options {
  readonly config: string;
}

function engineOf<T>(config: string, work: Parameters<typeof withEngine<T>>[2]): Promise<T> {
  const loaded = loadConfig(config);
  const log = commandLog(loaded);
  return withEngine(loaded, engineDeps({ ...log, info: log.debug }), work);
}

/** `fundpulse gaps list`. */
export async function gapsList(options: Options & { readonly format: string }): Promise<number> {
  const gaps = await engineOf(options.config, (engine) => engine.gaps.list());
  const calendar = new ZoneCalendar(loadConfig(options.config).config.timezone);
  process.stdout.write(
    options.format === "json" ? `${JSON.stringify(gaps, null, 2)}\n` : listText(gaps, calendar),
  );
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
  if (!/^\d{1,15}$/.test(id)) throw new FundpulseError("FP1003", `${JSON.stringify(id)} is no gap's id`);
  await engineOf(options.config, (engine) => engine.gaps.dismiss(Number(id), options.by, options.note));
  process.stdout.write(`gap ${id} dismissed\n`);
  return 0;
}
