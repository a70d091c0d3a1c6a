import { type FundFacts, isAhead, paceSaid } from "./overview.js";
import {
  day,
  type Finding,
  isAbove,
  money,
  NO_DATA,
  percent,
  type Said,
  Sentence,
  signedPercent,
} from "./words.js";

export interface PaceFacts extends Omit<FundFacts, "holds" | "why" | "monthsPayable"> {
  readonly progress: string | null;
  readonly budget: string | null;
  readonly projected: string | null;
  /** Name and difference in yuan of what explains most of the difference to last year. */
  readonly most: { readonly name: Said; readonly difference: string } | null;
  readonly difference: string | null;
}

/** How far the year's money is spent, how that stands to the pace, where the year ends, and what explains it most. */
export function paceFinding(fund: PaceFacts): Finding {
  const s = new Sentence();
  if (fund.settled === null || !isAbove(fund.settled, 0))
    return s.say(fund.name, "strong").say(["：", ": "]).say(NO_DATA).finding();
  const [zh, en] = money(fund.settled);
  s.say(fund.name, "strong").say([`今年已支出 ${zh}`, ` has spent ${en} this year`]);
  if (fund.progress !== null)
    s.say([`，占全年预算 ${percent(fund.progress)}，`, `, ${percent(fund.progress)} of its budget, `]);
  const pace = paceSaid(fund);
  if (pace[0] !== "") s.say(pace, isAhead(fund.lead) ? "watch" : "strong");
  if (fund.exhaustedOn !== null) {
    const [dayZh, dayEn] = day(fund.exhaustedOn);
    s.say(
      [`；按此节奏 ${dayZh}前后用完预算`, `; at this pace the budget is used up around ${dayEn}`],
      "watch",
    );
  } else if (fund.projected !== null) {
    const [allZh, allEn] = money(fund.projected);
    s.say([`；预测全年 ${allZh}`, `; the year is projected to come to ${allEn}`]);
  }
  if (fund.most !== null && fund.difference !== null) {
    const total = money(fund.difference.replace("-", ""));
    const part = money(fund.most.difference.replace("-", ""));
    const more = isAbove(fund.difference, 0);
    s.say([
      `。比上年同期${more ? "多" : "少"}支出 ${total[0]}（${signedPercent(fund.settledChangePct ?? "0")}），其中${fund.most.name[0]}${isAbove(fund.most.difference, 0) ? "多" : "少"} ${part[0]}`,
      `. That is ${total[1]} ${more ? "more" : "less"} than last year (${signedPercent(fund.settledChangePct ?? "0")}), of which ${fund.most.name[1]} ${part[1]} ${isAbove(fund.most.difference, 0) ? "more" : "less"}`,
    ]);
  }
  return s.say(["。", "."]).finding();
}
