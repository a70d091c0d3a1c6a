import { parsePeriod, ZoneCalendar } from "../../../aggregations/calendar.js";
import { loadConfig } from "../../../connectors/config/load.js";
import { FundpulseError } from "../../../schemas/errors.js";
import type { EpochMs } from "../../../schemas/units.js";
import type { CloseProblem, CloseResult } from "../../closing/port.js";
import { askEngine } from "../terminal/engine-deps.js";
import { count } from "../terminal/progress.js";
import { say } from "../terminal/say.js";

/** `fundpulse close`: freezes a period. Exit code 0 closed, 3 refused, 1 closed before. */
export async function closeCommand(
  period: string,
  options: { readonly config: string; readonly force?: boolean },
): Promise<number> {
  if (parsePeriod(period) === null) {
    throw new FundpulseError("FP1003", `${JSON.stringify(period)} names no period`, {
      action: "write 2024-03, 2024Q1, 2024H1, 2024 or 2024YTD05",
    });
  }
  const loaded = loadConfig(options.config);
  const force = options.force === true;
  const result = await askEngine(loaded, (engine) => engine.close(period, { force }));
  say(closeText(result, new ZoneCalendar(loaded.config.timezone)));
  return { closed: 0, refused: 3, already_closed: 1 }[result.outcome];
}

/** What a close came to, in plain words. */
function closeText(result: CloseResult, calendar: ZoneCalendar): string {
  const { period, outcome, problems } = result;
  const since = `${result.closedAt === null ? "" : ` at ${localText(calendar, result.closedAt)}`}${
    result.version === null ? "" : ` under version ${result.version}`
  }`;
  if (outcome === "already_closed") return `${period} is closed already,${since}${restatedText(result)}\n`;
  if (outcome === "closed") {
    const despite = problems.length === 0 ? "" : `, in spite of:\n${problemText(problems)}`;
    return `${period} is closed${since}${despite}\n`;
  }
  const forceable = problems.every((p) => p.forceable);
  const hint = forceable
    ? `put that right, or close it all the same: fundpulse close ${period} --force`
    : "put that right first; --force does not help here";
  return `${period} was not closed:\n${problemText(problems)}\n${hint}\n`;
}

export const problemText = (problems: readonly CloseProblem[]): string =>
  problems.map((p) => `  - ${p.detail}`).join("\n");

function restatedText({ restated, period }: CloseResult): string {
  if (restated === undefined) return "";
  if (restated === 0) return "; nothing of it was restated since";
  return `; ${count(restated)} figures were restated since: fundpulse sql "FROM restatement WHERE period = '${period}'"`;
}

/** `2024-04-11 02:00:05` in the jurisdiction's zone. */
export const localText = (calendar: ZoneCalendar, at: EpochMs): string =>
  new Date(at + calendar.offsetMs(at)).toISOString().slice(0, 19).replace("T", " ");
