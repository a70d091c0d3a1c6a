import type { Worry } from "../../schemas/indicator-words.js";
import {
  compare,
  count,
  type Finding,
  isAbove,
  isNear0,
  moved,
  movedPoints,
  NO_DATA,
  percent,
  type Said,
  Sentence,
  worries,
  yuan,
} from "./words.js";

/** A figure as a finding takes it. */
export interface Told {
  readonly value: string | null;
  readonly change: string | null;
  readonly changePct: string | null;
}
export interface CareFacts {
  readonly name: Said;
  readonly visits: Told | null;
  readonly avgFee: Told | null;
  readonly reimbRate: Told | null;
  readonly worry: { readonly avgFee: Worry; readonly reimbRate: Worry };
  /** Where the average fee rose most, among rows that are not small. */
  readonly rows: readonly {
    readonly name: Said;
    readonly visits: Told | null;
    readonly avgFee: Told | null;
  }[];
}

/** A change of a fee from here on is set off, of a rate from so many points. */
const FEE_MOVED = 0.05;
const RATE_MOVED = 0.02;
/** Rows with fewer visits say nothing. */
const LEAST_VISITS = 30;

/** Visits, average fee and reimbursement with their changes; the row whose fee changed most. */
export function careFinding(facts: CareFacts): Finding {
  const s = new Sentence();
  const { visits, avgFee, reimbRate } = facts;
  if (!visits || visits.value === null || !isAbove(visits.value, 0)) return s.say(NO_DATA).finding();
  s.say(facts.name, "strong");
  const [vZh, vEn] = moved(visits.changePct);
  s.say([` ${count(visits.value)} 人次，${vZh}`, `: ${count(visits.value)} visits, ${vEn}`]);
  if (avgFee && avgFee.value !== null) {
    const [zh, en] = yuan(avgFee.value);
    const change = moved(avgFee.changePct);
    const flagged =
      avgFee.changePct !== null &&
      !isNear0(avgFee.changePct, FEE_MOVED) &&
      worries(avgFee.changePct, facts.worry.avgFee);
    s.say([`；次均费用 ${zh}，`, `; average fee ${en}, `]).say(change, flagged ? "watch" : "plain");
  }
  if (reimbRate && reimbRate.value !== null) {
    const flagged =
      reimbRate.change !== null &&
      !isNear0(reimbRate.change, RATE_MOVED) &&
      worries(reimbRate.change, facts.worry.reimbRate);
    s.say([`；实际报销比例 ${percent(reimbRate.value)}，`, `; reimbursed ${percent(reimbRate.value)}, `]);
    s.say(movedPoints(reimbRate.change), flagged ? "watch" : "plain");
  }
  const large = facts.rows.filter(
    (r) =>
      r.avgFee?.changePct != null && r.visits?.value != null && isAbove(r.visits.value, LEAST_VISITS - 1),
  );
  const [top] = [...large].sort((a, b) => compare(b.avgFee!.changePct, a.avgFee!.changePct));
  if (top !== undefined && large.length > 1 && isAbove(top.avgFee!.changePct!, FEE_MOVED)) {
    const by = moved(top.avgFee!.changePct);
    s.say(["；其中", "; most of all in "])
      .say(top.name, "strong")
      .say([`次均费用${by[0]}`, `, ${by[1]}`]);
  }
  return s.say(["。", "."]).finding();
}
