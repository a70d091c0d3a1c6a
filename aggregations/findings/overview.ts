import {
  compare,
  count,
  day,
  type Finding,
  isAbove,
  isBelow,
  isNear0,
  money,
  moved,
  NO_DATA,
  plain,
  points,
  type Said,
  Sentence,
} from "./words.js";

/** From so many points ahead of its pace a fund is spoken of as ahead, below half a point as level. */
const AHEAD = 0.03;
const LEVEL = 0.005;
/** Months of expense that the balance must cover. */
const MONTHS_LOW = 6;
const MONTHS_GRAVE = 3;
/** Funds spoken of. */
const SPOKEN = 2;

/** What the overview knows of a fund; fractions and yuan as decimal text. */
export interface FundFacts {
  readonly name: Said;
  readonly settled: string | null;
  readonly settledChangePct: string | null;
  readonly lead: string | null;
  readonly paceFrom: "last_year" | "straight_line";
  readonly exhaustedOn: string | null;
  /** The outlook stays within the budget: also its upper end, or that not; null where it does not, or is unknown. */
  readonly holds: "surely" | "narrowly" | null;
  /** Of a fund that runs ahead: what it spends more on than last year, in yuan. */
  readonly why: { readonly name: Said; readonly difference: string } | null;
  readonly monthsPayable: string | null;
}

/** How a fund's spending stands to its pace. */
export function paceSaid({ lead, paceFrom }: Pick<FundFacts, "lead" | "paceFrom">): Said {
  const than: Said =
    paceFrom === "last_year" ? ["上年同期", "last year's pace"] : ["时间进度", "the calendar"];
  if (lead === null) return ["", ""];
  if (isNear0(lead, LEVEL)) return [`与${than[0]}持平`, `level with ${than[1]}`];
  const [zh, en] = points(lead);
  return isAbove(lead, 0)
    ? [`比${than[0]}快 ${zh}`, `${en} ahead of ${than[1]}`]
    : [`比${than[0]}慢 ${zh}`, `${en} behind ${than[1]}`];
}

/** Whether a fund is so far ahead of its pace that it is spoken of. */
export const isAhead = (lead: string | null): boolean => lead !== null && isAbove(lead, AHEAD);

/** A fund whose money runs out comes first, the earliest of them before others. */
const byEnd = (a: Pick<FundFacts, "exhaustedOn">, b: Pick<FundFacts, "exhaustedOn">): number =>
  Number(a.exhaustedOn === null) - Number(b.exhaustedOn === null) ||
  (a.exhaustedOn ?? "").localeCompare(b.exhaustedOn ?? "");

/** The two largest funds and those whose budget does not last, in the order in which they are spoken of. */
export function spokenOf<F extends Pick<FundFacts, "settled" | "exhaustedOn">>(funds: readonly F[]): F[] {
  const spending = funds.filter((f) => f.settled !== null && isAbove(f.settled, 0));
  const largest = [...spending].sort((a, b) => compare(b.settled, a.settled)).slice(0, SPOKEN);
  return [...largest, ...spending.filter((f) => f.exhaustedOn !== null && !largest.includes(f))].sort(byEnd);
}

/**
 * The two largest funds and those whose budget does not last: whether the year's money lasts, and why not; then
 * those whose balance is thin, and what is open.
 */
export function overviewFinding(
  funds: readonly FundFacts[],
  alerts: { readonly critical: number; readonly warning: number },
): Finding {
  const s = new Sentence();
  const main = spokenOf(funds);
  if (main.length === 0) return s.say(NO_DATA).finding();
  main.forEach((fund, i) => {
    if (i > 0) s.say(["；", "; "]);
    s.say(fund.name, "strong");
    const pace = paceSaid(fund);
    if (pace[0] === "") {
      const [zh, en] = money(fund.settled!);
      const [changeZh, changeEn] = moved(fund.settledChangePct);
      s.say([`今年已支出 ${zh}，${changeZh}`, ` has spent ${en} this year, ${changeEn}`]);
    } else {
      s.say(["支出", " spending is "]).say(pace, isAhead(fund.lead) ? "watch" : "plain");
    }
    if (fund.exhaustedOn !== null) {
      const [zh, en] = day(fund.exhaustedOn);
      s.say(
        [`，按此节奏 ${zh}前后用完全年预算`, `, and at this pace uses up the year's budget around ${en}`],
        "watch",
      );
    } else if (fund.holds !== null) {
      s.say(
        fund.holds === "surely"
          ? ["，预测全年预算够用", ", and is projected to stay within the year's budget"]
          : ["，预测全年预算刚够", ", and is projected to stay just within the year's budget"],
      );
    }
    if (fund.why !== null) {
      const [zh, en] = money(fund.why.difference);
      s.say([
        `，主要是${fund.why.name[0]}比上年多 ${zh}`,
        `, most of all for ${fund.why.name[1]}, ${en} more than last year`,
      ]);
    }
    short(s, fund, ["，累计结余只够支付 ", ", and its balance covers only "]);
  });
  const thin = funds.filter((f) => !main.includes(f) && isShort(f));
  thin.forEach((fund, i) => {
    s.say(i === 0 ? ["；累计结余偏少的还有", "; balances are thin too of "] : ["、", ", "]);
    s.say(fund.name, "strong");
    short(s, fund, ["（", " ("]);
    s.say(["）", ")"]);
  });
  const { critical, warning } = alerts;
  if (critical > 0)
    s.say(["；", "; "]).say(
      [`${count(critical)} 条严重预警未处理`, `${count(critical)} critical alerts are open`],
      "critical",
    );
  else if (warning > 0) s.say([`；${count(warning)} 条预警未处理`, `; ${count(warning)} alerts are open`]);
  return s.say(["。", "."]).finding();
}

const isShort = ({ monthsPayable }: FundFacts): boolean =>
  monthsPayable !== null && isBelow(monthsPayable, MONTHS_LOW);

function short(s: Sentence, fund: FundFacts, [zh, en]: Said): void {
  if (!isShort(fund)) return;
  const months = plain(fund.monthsPayable!, 1);
  const grave = isBelow(fund.monthsPayable!, MONTHS_GRAVE);
  s.say([zh, en]).say([`${months} 个月`, `${months} months`], grave ? "critical" : "watch");
}
