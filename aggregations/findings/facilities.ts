import type { Worry } from "../../schemas/indicator-words.js";
import type { Told } from "./care.js";
import {
  compare,
  count,
  type Finding,
  isAbove,
  isNear0,
  moved,
  NO_DATA,
  NOTHING,
  percent,
  plain,
  type Said,
  Sentence,
  worries,
  yuan,
} from "./words.js";

/** A value in its unit, short. */
export function shown(value: string, unit: string): Said {
  if (unit === "fraction") return [percent(value), percent(value)];
  if (unit === "yuan")
    return [
      `${plain((Number(value) / 10_000).toFixed(6), 2)} 万元`,
      `${plain((Number(value) / 1_000_000).toFixed(6), 2)} million yuan`,
    ];
  if (unit.startsWith("yuan/")) return yuan(value);
  const zh: Readonly<Record<string, string>> = {
    visit: " 人次",
    person: " 人",
    day: " 天",
    "day/visit": " 天",
    "visit/person": "",
  };
  const places = unit.includes("/") ? 2 : 0;
  return [`${plain(value, places)}${zh[unit] ?? ""}`, plain(value, places)];
}

export interface RankingFacts {
  readonly indicator: Said;
  readonly unit: string;
  readonly worry: Worry;
  readonly rows: readonly { readonly name: Said; readonly of: Told; readonly visits: string | null }[];
}

const LEAST_VISITS = 30;
const MOVED = 0.1;

/** The first of the ranking, and whose figure moved most the way that worries. */
export function rankingFinding({ indicator, unit, worry, rows }: RankingFacts): Finding {
  const s = new Sentence();
  const large = rows.filter(
    (r) => r.of.value !== null && (r.visits === null || isAbove(r.visits, LEAST_VISITS - 1)),
  );
  const [top] = [...large].sort((a, b) => compare(b.of.value, a.of.value));
  if (top === undefined) return s.say(NO_DATA).finding();
  const [zh, en] = shown(top.of.value!, unit);
  s.say([`${indicator[0]}最高的是`, `The highest ${indicator[1].toLowerCase()} is that of `]).say(
    top.name,
    "strong",
  );
  s.say([`（${zh}，${moved(top.of.changePct)[0]}）`, ` (${en}, ${moved(top.of.changePct)[1]})`]);
  const flagged = large.filter(
    (r) =>
      r.of.changePct !== null &&
      !isNear0(r.of.changePct, MOVED) &&
      (worry === "none" || worries(r.of.changePct, worry)),
  );
  const size = (r: (typeof large)[number]): string => r.of.changePct!.replace("-", "");
  const [most] = [...flagged].sort((a, b) => compare(size(b), size(a)));
  if (most !== undefined && most !== top) {
    const by = moved(most.of.changePct);
    s.say(["；变化最大的是", "; what moved most is "]).say(most.name, "strong");
    s.say([`，${by[0]}`, `, ${by[1]}`], worry === "none" ? "plain" : "watch");
  }
  if (flagged.length > 1)
    s.say([
      `；共 ${count(flagged.length)} 家变化超过 10%`,
      `; ${count(flagged.length)} facilities moved by more than 10%`,
    ]);
  return s.say(["。", "."]).finding();
}

export interface FacilityFindingFacts {
  readonly name: Said;
  readonly peers: number;
  readonly strips: readonly {
    readonly indicator: Said;
    readonly unit: string;
    readonly worry: Worry;
    readonly value: string | null;
    readonly changePct: string | null;
    readonly median: string | null;
    readonly q1: string | null;
    readonly q3: string | null;
  }[];
  readonly standing: string | null;
  readonly silentDays: number | null;
}

/** Quartiles of fewer peers are none. */
const QUARTILES_FROM = 4;

/** Where the facility stands beyond its peers' quartiles on the side that worries, and whether its data come. */
export function facilityFinding(facts: FacilityFindingFacts): Finding {
  const s = new Sentence();
  s.say(facts.name, "strong");
  const beyond = facts.strips.filter((f) => {
    if (f.value === null || facts.peers < QUARTILES_FROM) return false;
    const high = f.q3 !== null && compare(f.value, f.q3) > 0 && (f.worry === "up" || f.worry === "both");
    const low = f.q1 !== null && compare(f.value, f.q1) < 0 && (f.worry === "down" || f.worry === "both");
    return high || low;
  });
  if (beyond.length === 0) s.say(["：", ": "]).say(NOTHING);
  beyond.forEach((f, i) => {
    const [zh, en] = shown(f.value!, f.unit);
    const [mZh, mEn] = shown(f.median!, f.unit);
    const high = compare(f.value, f.median) > 0;
    s.say([i === 0 ? "：" : "；", i === 0 ? ": " : "; "]);
    s.say([`${f.indicator[0]} ${zh}`, `${f.indicator[1]} ${en}`], "watch");
    s.say([
      `${high ? "高于" : "低于"}同级四分之三的机构（中位 ${mZh}），${moved(f.changePct)[0]}`,
      ` is ${high ? "above" : "below"} three quarters of its peers (median ${mEn}), ${moved(f.changePct)[1]}`,
    ]);
  });
  if (beyond.length > 0) s.say(["。", "."]);
  if (facts.standing === "lagging" && facts.silentDays !== null)
    s.say(
      [`已 ${facts.silentDays} 天没有结算数据。`, ` No settlements for ${facts.silentDays} days.`],
      "watch",
    );
  return s.finding();
}
