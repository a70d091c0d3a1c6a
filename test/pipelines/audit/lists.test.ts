import { describe, expect, test } from "vitest";
import { Book, type FigureForm, FORMS } from "../../../pipelines/audit/evidence/book.js";
import { readSentence } from "../../../pipelines/audit/evidence/sentence.js";
import { Sentences } from "../../../pipelines/audit/evidence/told.js";
import { Decimals } from "../../../pipelines/audit/evidence/units.js";
import { Vocabulary } from "../../../pipelines/audit/evidence/vocabulary.js";

const TIERS = ["3", "2", "1", "0"] as const;
const VISITS: Readonly<Record<string, readonly [number, number]>> = {
  "3": [4127, 3986],
  "2": [2853, 3119],
  "1": [1764, 1688],
  "0": [391, 402],
};
const FEES: Readonly<Record<string, readonly [number, number]>> = {
  "3": [38_412_357.18, 36_905_118.4],
  "2": [14_871_226.93, 15_994_310.77],
  "1": [5_206_981.64, 4_870_553.09],
  "0": [874_402.51, 911_736.25],
};
const PAID = 0.6137;

/** The inpatients of one insurance, whole and by tier, with what is divided from their visits, fees and payments. */
function bookOf(): Book {
  const rows: ConstructorParameters<typeof Book>[0] extends Iterable<infer Row> ? Row[] : never = [];
  const add = (
    members: readonly (readonly [string, string])[],
    indicator: string,
    unit: string,
    now: number,
    before: number,
  ) => {
    const [change, key] = [now - before, `${JSON.stringify(members)} ${indicator}`];
    const values = [now, before, change, before === 0 ? null : change / before];
    rows.push({ insurance: "resident", dimensions: members, indicator, unit, values, twins: key });
  };
  const sum = (by: typeof VISITS, at: 0 | 1): number => TIERS.reduce((s, t) => s + by[t]![at], 0);
  const whole = { visits: [sum(VISITS, 0), sum(VISITS, 1)], fee: [sum(FEES, 0), sum(FEES, 1)] } as const;
  for (const tier of [null, ...TIERS]) {
    const members = [["care", "inpatient"] as const, ...(tier === null ? [] : [["tier", tier] as const])];
    const visits = tier === null ? whole.visits : VISITS[tier]!;
    const fee = tier === null ? whole.fee : FEES[tier]!;
    const rate = PAID + (tier === null ? 0 : Number(tier) * 0.0213);
    add(members, "visits", "visit", visits[0], visits[1]);
    add(members, "fee", "yuan", fee[0], fee[1]);
    add(members, "pool_paid", "yuan", fee[0] * rate, fee[1] * (rate - 0.004));
    add(members, "avg_fee", "yuan/visit", fee[0] / visits[0], fee[1] / visits[1]);
    add(members, "pool_rate", "fraction", rate, rate - 0.004);
    if (tier === null) continue;
    for (const [share, part, all] of [
      ["share_in_care_visits", visits, whole.visits],
      ["share_in_care_fee", fee, whole.fee],
    ] as const)
      add(members, share, "fraction", part[0] / all[0], part[1] / all[1]);
  }
  return new Book(rows);
}

const book = bookOf();
const vocabulary = new Vocabulary(book, { facilities: [], divisions: [] }, "county");
const decimals = new Decimals([
  { digits: "1.00", unit: "%" },
  { digits: "1.00", unit: "万元" },
  { digits: "1.00", unit: "元" },
]);

/** What a sentence's numbers are read as: `tier indicator form`, with a slip where there is one. */
function read(text: string, before?: string): string[] {
  const sections = new Sentences();
  const of = (t: string) =>
    sections.of({ kind: "paragraph", text: t, level: null, stretches: [{ from: 0, anchor: 1, at: 0 }] });
  if (before !== undefined) of(before);
  return of(text).flatMap((told) =>
    readSentence(told, { book, vocabulary, decimals, houses: new Map() }).map((r) =>
      r === null
        ? "-"
        : `${r.reading.figure.scope.members.get("tier") ?? "all"} ${r.reading.figure.indicator} ${r.reading.form}${r.slip === null ? "" : ` ${r.slip}`}`,
    ),
  );
}

const amount = (tier: string | null, indicator: string, form: FigureForm = "value"): number => {
  const members: [string, string][] = [
    ["care", "inpatient"],
    ...(tier === null ? [] : [["tier", tier] as [string, string]]),
  ];
  return book.at(book.scope("resident", members), indicator)!.values[FORMS.indexOf(form)]!;
};
const print = (tier: string | null, indicator: string, form: FigureForm = "value"): string => {
  const v = amount(tier, indicator, form);
  if (form === "change_pct") return `${v < 0 ? "下降" : "增长"}${Math.abs(v * 100).toFixed(2)}%`;
  if (indicator === "visits") return `${v}人次`;
  if (indicator === "avg_fee") return `${v.toFixed(2)}元`;
  return indicator === "fee" || indicator === "pool_paid"
    ? `${(v / 1e4).toFixed(2)}万元`
    : `${(v * 100).toFixed(2)}%`;
};
const NAMES: Readonly<Record<string, string>> = { "3": "三级", "2": "二级", "1": "一级", "0": "未定级" };
/** 甲、乙和丙 */
const listed = (items: readonly string[]): string => `${items.slice(0, -1).join("、")}和${items.at(-1)}`;

describe.each([2, 3, 4])("lists of %i", (length) => {
  const tiers = TIERS.slice(0, length);
  const names = listed(tiers.map((t) => NAMES[t]!));
  const list = (indicator: string, form?: FigureForm): string =>
    tiers.map((t) => print(t, indicator, form)).join("、");
  const all = (indicator: string, form: FigureForm = "value"): string[] =>
    tiers.map((t) => `${t} ${indicator} ${form}`);

  test.each([
    ["visits", "value", "住院人次分别为"],
    ["fee", "value", "住院总费用分别为"],
    ["avg_fee", "value", "住院次均费用分别是"],
    ["pool_rate", "value", "住院统筹支付比例分别为"],
    ["visits", "previous", "住院人次上年同期分别为"],
    ["visits", "change_pct", "住院人次较上年同期分别"],
    ["fee", "change_pct", "住院总费用同比分别"],
    ["share_in_care_visits", "value", "住院人次分别占"],
    ["share_in_care_fee", "value", "住院费用占比分别为"],
  ] as const)("of %s, %s: %s", (indicator, form, words) => {
    expect(read(`居民医保${names}医院${words}${list(indicator, form)}。`)).toEqual(all(indicator, form));
  });

  test("a second list goes on with those whom the first has counted off", () => {
    const text = `居民医保${names}医院住院分别为${list("visits")}，占住院人次的比重分别为${list("share_in_care_visits")}；费用分别为${list("fee")}。`;
    expect(read(text)).toEqual([...all("visits"), ...all("share_in_care_visits"), ...all("fee")]);
    expect(read(`住院次均费用分别为${list("avg_fee")}。`, `居民医保${names}医院住院情况如下。`)).toEqual(
      all("avg_fee"),
    );
  });

  test("what stands in brackets goes with the number before them", () => {
    const items = tiers.map((t) => `${print(t, "visits")}（占${print(t, "share_in_care_visits")}）`);
    const expected = tiers.flatMap((t) => [`${t} visits value`, `${t} share_in_care_visits value`]);
    expect(read(`居民医保${names}医院住院人次分别为${listed(items)}。`)).toEqual(expected);
  });

  test("a spoiled number of a list is found by the others", () => {
    const spoiled = list("fee").replace(print("2", "fee"), "1487.21万元");
    const found = read(
      `居民医保${names}医院住院总费用分别为${spoiled}，占住院总费用的${list("share_in_care_fee")}。`,
    );
    expect(found).toEqual([
      ...all("fee").map((s, i) => (i === 1 ? `${s} swapped` : s)),
      ...all("share_in_care_fee"),
    ]);
  });
});

test("figures that are counted off go with their numbers", () => {
  const growth = ["visits", "fee", "pool_paid"].map((i) => print(null, i, "change_pct"));
  expect(read(`居民医保住院人次、总费用、统筹支付分别${growth.join("、")}。`)).toEqual([
    "all visits change_pct",
    "all fee change_pct",
    "all pool_paid change_pct",
  ]);
});

test("this year and the last are counted off too", () => {
  const [now, before] = [print(null, "visits"), print(null, "visits", "previous")];
  expect(read(`居民医保今年和去年同期住院人次分别为${now}和${before}。`)).toEqual([
    "all visits value",
    "all visits previous",
  ]);
});

test("a rate is said with 占 and what it divides by", () => {
  const [fee, rate] = [print(null, "fee"), print(null, "pool_rate")];
  expect(read(`居民医保住院总费用${fee}，统筹支付占总费用的${rate}。`)).toEqual([
    "all fee value",
    "all pool_rate value",
  ]);
});

test("one place of a list may be of all, in the next list too", () => {
  const places = ["3", "2", null] as const;
  const list = (indicator: string): string => places.map((t) => print(t, indicator)).join("、");
  const text = `居民医保三级、二级及全部医院的住院人次分别为${list("visits")}，统筹支付分别为${list("pool_paid")}。`;
  expect(read(text)).toEqual(
    ["visits", "pool_paid"].flatMap((i) => places.map((t) => `${t ?? "all"} ${i} value`)),
  );
});

test("where something has risen to is a value, no growth", () => {
  const [before, now] = [print(null, "pool_rate", "previous"), print(null, "pool_rate")];
  expect(read(`居民医保住院统筹支付比例由去年同期的${before}提高到${now}。`)).toEqual([
    "all pool_rate previous",
    "all pool_rate value",
  ]);
});
