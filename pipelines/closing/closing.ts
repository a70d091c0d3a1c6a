import {
  civil,
  monthOfDay,
  type Period,
  parseDay,
  parsePeriod,
  periodsOfYear,
} from "../../aggregations/calendar.js";
import { figuresOf } from "../../aggregations/closing/frozen.js";
import { queryPublished } from "../../connectors/duckdb/query.js";
import { publishedPath } from "../../connectors/files/paths.js";
import { packFigures, packSums } from "../../connectors/state/frozen-codec.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { Intake } from "../ingest/intake.js";
import type { ClosingState } from "../ledger/ports.js";
import { givenFigures, keepSettledOfYear } from "../publish/given-figures.js";
import type { PublishLoop } from "../publish/loop.js";
import { CLOSE_CHECKS, hasSettlements } from "./checks.js";
import { frozenSums } from "./freeze.js";
import type { CloseProblem, CloseResult, Closing } from "./port.js";

interface Parts {
  readonly state: ClosingState;
  readonly intake: Intake;
  readonly loop: Pick<PublishLoop, "publishNow">;
}

/** Kinds of period in the order in which they are closed. */
const KINDS = ["month", "quarter", "half", "year", "ytd"] as const;

function periodNamed(text: string): Period {
  const period = parsePeriod(text);
  const wanted =
    "a month (2024-03), quarter (2024Q1), half (2024H1), year (2024) or year to date (2024YTD05)";
  if (period === null) throw new FundpulseError("FP1003", `${text} is no period: give ${wanted}`);
  if (period.kind === "day") {
    throw new FundpulseError("FP1003", `${text} is a day, and days are never closed: give ${wanted}`);
  }
  return period;
}

/** Freezes periods of an open state. Nothing else may change the state while `close` runs. */
export function closingOf({ state, intake, loop }: Parts): Closing {
  return {
    close: async (text, { force }) => {
      const period = periodNamed(text);
      if (state.closed.get(period.id)) return alreadyClosed(state, loop, period);
      const problems = CLOSE_CHECKS.flatMap((check) => check(state, period));
      if (problems.some((p) => !force || !p.forceable)) {
        return { period: period.id, outcome: "refused", closedAt: null, version: null, problems };
      }
      freeze(state, period, problems);
      intake.changes++;
      await loop.publishNow();
      return result(state, period, "closed", problems);
    },
    due: async (text) => {
      const day = parseDay(text);
      if (day === null) throw new FundpulseError("FP1003", `${text} is no day: give one as 2024-04-11`);
      return duePeriods(state, day);
    },
  };
}

function result(
  state: ClosingState,
  period: Period,
  outcome: CloseResult["outcome"],
  problems: readonly CloseProblem[],
): CloseResult {
  const { closedAt, version } = state.closed.get(period.id)!;
  return { period: period.id, outcome, closedAt, version, problems };
}

/** Keeps the period's figures as of the last commit, in a commit of their own. */
function freeze(state: ClosingState, period: Period, problems: readonly CloseProblem[]): void {
  const { store, closed } = state;
  const sums = frozenSums(state, period);
  keepSettledOfYear(state, monthOfDay(period.endDay));
  const given = givenFigures(state, store.months.dataSpan()).filter((f) => f.period === period.id);
  const figures = figuresOf(sums.groups, sums.personGroupings) + given.length;
  store.commit(() => {
    store.noteContent();
    closed.add(
      {
        period: period.id,
        closedAt: state.clock(),
        sequence: store.sequence,
        forced: problems.length > 0,
        problems: JSON.stringify(problems),
        figures,
      },
      packSums(sums),
      packFigures(given),
    );
    state.keepUsedTables();
  });
}

async function alreadyClosed(state: ClosingState, loop: Parts["loop"], period: Period): Promise<CloseResult> {
  // After a crash the close may be unpublished; and what has come since belongs to the count.
  await loop.publishNow();
  const restated = await restatedFigures(state, period.id);
  const { closedAt, version, problems } = state.closed.get(period.id)!;
  const detail = `closed on ${new Date(closedAt).toISOString()} as version ${version}; ${restated} figures restated since, see restatement`;
  const already = { problem: "already_closed", detail, count: restated, forceable: false };
  return {
    period: period.id,
    outcome: "already_closed",
    closedAt,
    version,
    problems: [already, ...(JSON.parse(problems) as CloseProblem[])],
    restated,
  };
}

async function restatedFigures(state: ClosingState, period: string): Promise<number> {
  const path = publishedPath(state.config.data);
  const { rows } = await queryPublished(
    path,
    `SELECT restated FROM closed_period WHERE period = '${period}'`,
  );
  return Number(rows[0]?.[0] ?? 0);
}

/** Periods with data that ended more than `closeAfterDays` before a day and are not closed. */
function duePeriods(state: ClosingState, day: number): string[] {
  const { firstDay, lastDay } = state.store.months.dataSpan();
  if (firstDay === null || lastDay === null) return [];
  const due: Period[] = [];
  for (let year = civil(firstDay)[0]; year <= civil(lastDay)[0]; year++) {
    for (const period of periodsOfYear(year)) {
      if (period.endDay + state.config.periods.closeAfterDays >= day) continue;
      if (!state.closed.get(period.id) && hasSettlements(state, period)) due.push(period);
    }
  }
  const rank = (p: Period): number => KINDS.indexOf(p.kind as (typeof KINDS)[number]);
  return due.sort((a, b) => rank(a) - rank(b) || a.endDay - b.endDay).map((p) => p.id);
}
