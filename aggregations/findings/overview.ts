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

/** The two largest funds: whether the year's money lasts; then those that run short, and what is open. */
export function overviewFinding(
  funds: readonly FundFacts[],
  alerts: { readonly critical: number; readonly warning: number },
): Finding {
  const s = new Sentence();
  const spending = funds.filter((f) => f.settled !== null && isAbove(f.settled, 0));
  if (spending.length === 0) return s.say(NO_DATA).finding();
  const main = [...spending].sort((a, b) => compare(b.settled, a.settled)).slice(0, SPOKEN);
  main.forEach((fund, i) => {
    if (i > 0) s.say(["；", "; "]);
    s.say(fund.name, "strong");
    const pace = paceSaid(fund);
    if (pace[0] === "") {
      const [zh, en] = money(fund.settled!);
      const [changeZh, changeEn] = moved(fund.settledChangePct);
      s.say([`今年已支出 ${zh}，${changeZh}`, ` has spent ${en} this year, ${changeEn}`]);
    } else {
      const ahead = fund.lead !== null && isAbove(fund.lead, AHEAD);
      s.say(["支出", " spending is "]).say(pace, ahead ? "watch" : "plain");
    }
    if (fund.exhaustedOn !== null) {
      const [zh, en] = day(fund.exhaustedOn);
      s.say(
        [`，按此节奏 ${zh}前后用完全年预算`, `, and at this pace uses up the year's budget around ${en}`],
        "watch",
      );
    }
    short(s, fund, ["，累计结余只够支付 ", ", and its balance covers only "]);
  });
  for (const fund of funds.filter((f) => !main.includes(f) && isShort(f))) {
    s.say(["；", "; "]).say(fund.name, "strong");
    short(s, fund, ["累计结余只够支付 ", "'s balance covers only "]);
  }
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
