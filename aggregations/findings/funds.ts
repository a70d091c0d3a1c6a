import {
  type Finding,
  isAbove,
  isBelow,
  isNear0,
  money,
  NO_DATA,
  percent,
  plain,
  type Said,
  Sentence,
} from "./words.js";

export interface FundBookFacts {
  readonly name: Said;
  readonly income: string | null;
  readonly expense: string | null;
  readonly balance: string | null;
  readonly cumulative: string | null;
  readonly months: string | null;
  readonly incomeProgress: string | null;
}

const MONTHS_LOW = 6;

/** Income, booked expense and balance of everything; then the funds whose period ends short or whose balance is thin. */
export function fundsFinding(total: FundBookFacts | null, funds: readonly FundBookFacts[]): Finding {
  const s = new Sentence();
  if (total === null || (total.income === null && total.expense === null)) return s.say(NO_DATA).finding();
  if (total.income !== null) {
    const [zh, en] = money(total.income);
    s.say([`收入 ${zh}`, `Income ${en}`]);
    if (total.incomeProgress !== null)
      s.say([
        `（收入预算的 ${percent(total.incomeProgress)}）`,
        ` (${percent(total.incomeProgress)} of its budget)`,
      ]);
  }
  if (total.expense !== null && !isNear0(total.expense, 0.005)) {
    const [zh, en] = money(total.expense);
    s.say([`，账面支出 ${zh}`, `, booked expense ${en}`]);
  }
  if (total.balance !== null) {
    const [zh, en] = money(total.balance);
    s.say(
      [`，当期结余 ${zh}`, `, balance of the period ${en}`],
      isBelow(total.balance, 0) ? "watch" : "plain",
    );
  }
  for (const fund of funds) {
    const thin = fund.months !== null && isBelow(fund.months, MONTHS_LOW) && isAbove(fund.months, 0);
    const short = fund.balance !== null && isBelow(fund.balance, 0);
    if (!thin && !short) continue;
    s.say(["；", "; "]).say(fund.name, "strong");
    if (short) {
      const [zh, en] = money(fund.balance!.replace("-", ""));
      s.say([`当期收不抵支 ${zh}`, ` spent ${en} more than it took in`], "watch");
    }
    if (thin)
      s.say(
        [
          `${short ? "，" : ""}累计结余可支付 ${plain(fund.months!, 1)} 个月`,
          `${short ? "," : ""} can pay for ${plain(fund.months!, 1)} months`,
        ],
        "watch",
      );
  }
  return s.say(["。", "."]).finding();
}
