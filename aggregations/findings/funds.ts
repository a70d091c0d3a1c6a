import {
  compare,
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
/** Funds spoken of; how many more there are is said. */
const SPOKEN = 3;

const isThin = ({ months }: FundBookFacts): boolean =>
  months !== null && isBelow(months, MONTHS_LOW) && isAbove(months, 0);
const isShort = ({ balance }: FundBookFacts): boolean => balance !== null && isBelow(balance, 0);
/** The fewest months first, then what is missing most. */
const byNeed = (a: FundBookFacts, b: FundBookFacts): number =>
  Number(isThin(b)) - Number(isThin(a)) ||
  (isThin(a) ? compare(a.months, b.months) : 0) ||
  compare(a.balance, b.balance);

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
  const needy = funds.filter((f) => isThin(f) || isShort(f)).sort(byNeed);
  for (const fund of needy.slice(0, SPOKEN)) {
    const [thin, short] = [isThin(fund), isShort(fund)];
    s.say(["；", "; "]).say(fund.name, "strong");
    if (short) {
      const [zh, en] = money(fund.balance!.replace("-", ""));
      s.say(["当期收不抵支 ", " spent "]).say([zh, en], "watch").say(["", " more than it took in"]);
    }
    if (thin)
      s.say([`${short ? "，" : ""}累计结余可支付 `, `${short ? "," : ""} can pay for `]).say(
        [`${plain(fund.months!, 1)} 个月`, `${plain(fund.months!, 1)} months`],
        "watch",
      );
  }
  if (needy.length > SPOKEN) {
    const more = needy.length - SPOKEN;
    s.say([`；另有 ${more} 只基金收不抵支或结余偏少`, `; ${more} more funds are short`]);
  }
  return s.say(["。", "."]).finding();
}
