import type { Told } from "./care.js";
import {
  compare,
  type Finding,
  isAbove,
  isNear0,
  money,
  moved,
  movedPoints,
  NO_DATA,
  percent,
  type Said,
  Sentence,
} from "./words.js";

/** From so many points a share has moved. */
const MOVED = 0.01;
const FLAGGED = 0.03;

export interface ShareFacts {
  readonly total: Told | null;
  readonly rows: readonly { readonly name: Said; readonly share: Told | null }[];
}

const size = (t: Told | null): string => (t?.change ?? "0").replace("-", "");

/** What most of the spending goes to, and whose share moved most. */
export function structureFinding({ total, rows }: ShareFacts): Finding {
  const s = new Sentence();
  if (total?.value == null || !isAbove(total.value, 0)) return s.say(NO_DATA).finding();
  const [zh, en] = money(total.value);
  const [changeZh, changeEn] = moved(total.changePct);
  s.say([`基金支出 ${zh}，${changeZh}`, `Fund spending ${en}, ${changeEn}`]);
  const given = rows.filter((r) => r.share?.value != null);
  const [largest] = [...given].sort((a, b) => compare(b.share!.value, a.share!.value));
  if (largest) {
    s.say(["；", "; "]).say(largest.name, "strong");
    s.say([`占 ${percent(largest.share!.value!)}，`, ` takes ${percent(largest.share!.value!)}, `]).say(
      movedPoints(largest.share!.change),
    );
  }
  const [most] = given
    .filter((r) => r !== largest && r.share!.change !== null)
    .sort((a, b) => compare(size(b.share), size(a.share)));
  if (most && !isNear0(most.share!.change!, MOVED)) {
    s.say(["；变化最大的是", "; what moved most is "])
      .say(most.name, "strong")
      .say(["，占比", ", whose share is "]);
    s.say(movedPoints(most.share!.change), isNear0(most.share!.change!, FLAGGED) ? "plain" : "strong");
  }
  return s.say(["。", "."]).finding();
}

export interface FlowFacts {
  /** Share of money and of visits that goes outside; null where nothing is known. */
  readonly outside: {
    readonly word: Said;
    readonly paid: string | null;
    readonly paidChange: string | null;
    readonly visits: string | null;
  };
  readonly facility: { readonly name: Said; readonly share: string } | null;
}

/** How much of the money leaves, against how many of the visits, whether it shifts, and who takes most of it. */
export function flowFinding({ outside, facility }: FlowFacts): Finding {
  const s = new Sentence();
  if (outside.paid === null) return s.say(NO_DATA).finding();
  s.say(
    [
      `${outside.word[0]}就医占住院基金支出 ${percent(outside.paid)}`,
      `Care ${outside.word[1]} takes ${percent(outside.paid)} of the funds' inpatient pay`,
    ],
    "strong",
  );
  if (outside.visits !== null)
    s.say([`（人次的 ${percent(outside.visits)}）`, ` (${percent(outside.visits)} of visits)`]);
  const up = outside.paidChange !== null && isAbove(outside.paidChange, FLAGGED);
  s.say(["，", ", "]).say(movedPoints(outside.paidChange), up ? "watch" : "plain");
  if (facility !== null) {
    s.say([`；${outside.word[0]}最多的是`, "; most of it goes to "]).say(facility.name, "strong");
    s.say([
      `，占${outside.word[0]}的 ${percent(facility.share)}`,
      `, ${percent(facility.share)} of what leaves`,
    ]);
  }
  return s.say(["。", "."]).finding();
}

export interface ReliefFacts {
  readonly kinds: readonly {
    readonly name: Said;
    readonly paid: Told | null;
    readonly visits: Told | null;
  }[];
}

/** What each kind of relief paid, and how that moved. */
export function reliefFinding({ kinds }: ReliefFacts): Finding {
  const s = new Sentence();
  const given = kinds.filter((k) => k.paid?.value != null && isAbove(k.paid.value, 0));
  if (given.length === 0) return s.say(NO_DATA).finding();
  given.forEach((kind, i) => {
    const [zh, en] = money(kind.paid!.value!);
    const [changeZh, changeEn] = moved(kind.paid!.changePct);
    if (i > 0) s.say(["；", "; "]);
    s.say(kind.name, "strong").say([`支付 ${zh}，${changeZh}`, ` paid ${en}, ${changeEn}`]);
  });
  return s.say(["。", "."]).finding();
}

export interface DipFacts {
  readonly rate: Told | null;
  readonly difference: string | null;
  readonly low: { readonly name: Said; readonly rate: string } | null;
  readonly high: { readonly name: Said; readonly rate: string } | null;
}

/** What DIP pays against the fees, and the facilities furthest from it both ways. */
export function dipFinding({ rate, difference, low, high }: DipFacts): Finding {
  const s = new Sentence();
  if (rate?.value == null) return s.say(NO_DATA).finding();
  s.say([`DIP 预结付率 ${percent(rate.value)}`, `DIP pays ${percent(rate.value)} of the fees`], "strong");
  if (difference !== null) {
    const [zh, en] = money(difference.replace("-", ""));
    const more = !difference.startsWith("-");
    s.say([
      `，比按项目付费${more ? "多" : "少"}付 ${zh}`,
      `, ${en} ${more ? "more" : "less"} than fee for service`,
    ]);
  }
  if (high && low) {
    s.say(["；最高的是", "; highest is "])
      .say(high.name, "strong")
      .say([` ${percent(high.rate)}`, ` at ${percent(high.rate)}`]);
    s.say(["，最低的是", ", lowest "])
      .say(low.name, "strong")
      .say([` ${percent(low.rate)}`, ` at ${percent(low.rate)}`]);
  }
  return s.say(["。", "."]).finding();
}
