import { expect, test } from "vitest";
import { evaluate } from "../../../aggregations/alerts/evaluate.js";
import { namesOf } from "../../../aggregations/alerts/finding.js";
import { type Alert, acknowledge, alertId, takeVersion } from "../../../aggregations/alerts/machine.js";
import { quartile } from "../../../aggregations/alerts/quartiles.js";
import { currentPeriod, questionOf, type Reading } from "../../../aggregations/alerts/readings.js";
import { dayOf } from "../../../aggregations/calendar.js";
import { parseDecimal, roundHalfUp } from "../../../aggregations/rational.js";
import { type AlertRule, alertRule } from "../../../schemas/alerts/rule.js";

const asOf = dayOf(2024, 6, 30);
const rule = (part: object): AlertRule => alertRule.parse({ name: "规则", indicator: "avg_fee", ...part });
const decimal = (text: string | null) => (text === null ? null : parseDecimal(text));
const reading = (value: string | null, more: Partial<Reading> & { visits?: string } = {}): Reading => ({
  subject: "",
  name: null,
  value: decimal(value),
  previous: null,
  ...more,
  amounts: { visits: decimal(more.visits ?? "1000"), ...more.amounts },
});
const breached = (r: AlertRule, ...readings: Reading[]): boolean[] =>
  evaluate(questionOf(r, asOf)!, readings, asOf, namesOf(r.indicator).unit).map((v) => v.breached);

test("a share of the year's money is held against the share of the year gone by", () => {
  // 182 of 366 days: 0.497268; ahead by more than 0.05 from 0.547268… on.
  const r = rule({ indicator: "settled_progress", where: { fund: "*" }, aheadOfYear: 0.05 });
  expect(breached(r, reading("0.547267"), reading("0.547269"), reading(null))).toEqual([false, true, false]);
});

test("above and below are strict, and a missing figure breaches nothing", () => {
  expect(breached(rule({ above: 1.5 }), reading("1.5"), reading("1.500001"))).toEqual([false, true]);
  expect(breached(rule({ below: 3 }), reading("3"), reading("2.99"), reading(null))).toEqual([
    false,
    true,
    false,
  ]);
});

test("a change of a fraction is in points, of anything else relative; without last year there is none", () => {
  const share = rule({
    indicator: "share_in_care_fund_paid",
    where: { care: "inpatient" },
    changeAbove: 0.03,
  });
  const change = (value: string, previous: string | null): Reading =>
    reading(value, { previous: decimal(previous) });
  expect(breached(share, change("0.33", "0.30"), change("0.331", "0.30"))).toEqual([false, true]);
  const fee = rule({ changeAbove: 0.1 });
  expect(
    breached(fee, change("110", "100"), change("110.01", "100"), change("1", null), change("1", "0")),
  ).toEqual([false, true, false, false]);
  expect(breached(rule({ changeBelow: -0.1 }), change("89", "100"), change("90", "100"))).toEqual([
    true,
    false,
  ]);
});

test("every test of a rule must hold, and small numbers stay silent", () => {
  const r = rule({ above: 10, changeAbove: 0.1, atLeast: { visits: 30 } });
  const of = (visits: string, previous: string): Reading =>
    reading("11", { visits, previous: decimal(previous) });
  expect(breached(r, of("30", "9"), of("29", "9"), of("30", "11"))).toEqual([true, false, false]);
});

test("quartiles lie between neighbours in proportion", () => {
  const of = (list: readonly string[], part: 1 | 2 | 3): string =>
    roundHalfUp(
      quartile(
        list.map((t) => parseDecimal(t)!),
        part,
      )!,
      3,
    );
  expect(of(["4", "1", "3", "2"], 1)).toBe("1.750");
  expect(of(["4", "1", "3", "2"], 3)).toBe("3.250");
  expect(of(["5", "1", "3"], 2)).toBe("3.000");
});

test("peers are of the same tier and kind here; where they are fewer than four, wherever they are", () => {
  const r = rule({
    where: { care: "inpatient", facility: "*" },
    aheadOfPeers: "upper",
    atLeast: { visits: 30 },
  });
  const at = (
    subject: string,
    value: string,
    local: boolean,
    peers = "2 hospital",
    visits = "100",
  ): Reading => reading(value, { subject, local, peers, visits });
  // Four here: 1, 2, 3, 4: the upper quartile is 3.25; the two outside are held against all six: 1, 2, 3, 4, 4, 9.
  const four = [1, 2, 3, 4].map((n) => at(`H${n}`, String(n), true));
  const outside = [at("O1", "4", false), at("O2", "9", false)];
  expect(breached(r, ...four, ...outside)).toEqual([false, false, false, true, false, true]);
  // Three here: all six count for everyone (5th place: upper quartile 4.75 + …).
  const three = [1, 2, 3].map((n) => at(`H${n}`, String(n), true));
  expect(breached(r, ...three, at("O3", "4", false), ...outside)).toEqual([
    false,
    false,
    false,
    false,
    false,
    true,
  ]);
  // Of another tier, or too small to count: no peers.
  expect(breached(r, ...four.slice(0, 3), at("H9", "99", true, "3 hospital"))).toEqual(Array(4).fill(false));
  expect(breached(r, ...three, at("H5", "9", true, "2 hospital", "29"))).toEqual(Array(4).fill(false));
});

test("the current period holds the latest settled day", () => {
  expect(
    (["day", "month", "quarter", "half", "year", "ytd"] as const).map((kind) =>
      currentPeriod(kind, dayOf(2024, 8, 5)),
    ),
  ).toEqual(["2024-08-05", "2024-08", "2024Q3", "2024H2", "2024", "2024YTD08"]);
});

/** Versions in a row, each with a value, through the machine; what happened in each. */
function versions(r: AlertRule, values: readonly (string | null)[]) {
  const alert = new Map<string, Alert>();
  const happened = values.map((value, i) => {
    const verdicts = evaluate(
      questionOf(r, asOf)!,
      [reading(value, { subject: "resident" })],
      asOf,
      "fraction",
    );
    const moment = { version: i + 1, at: i * 1000 };
    const { changed, events } = takeVersion(alert, verdicts, [r], moment, () => "k");
    for (const s of changed) alert.set(s.key, s);
    return events.map((e) => `${e.event} ${e.alert}`);
  });
  return { alert, happened };
}

test("an alert opens after `hold` versions in a row, clears after as many, and has a new id when it opens again", () => {
  const r = rule({ above: 1, hold: 2, where: { fund: "*" }, indicator: "use_progress" });
  const { happened } = versions(r, ["2", "0", "2", "2", "2", "0", "2", "0", "0", "2", "2"]);
  expect(happened).toEqual([[], [], [], ["opened k-1"], [], [], [], [], ["cleared k-1"], [], ["opened k-2"]]);
});

test("an acknowledged alert never opens again while it stands, and clears by itself", () => {
  const r = rule({ above: 1, where: { fund: "*" }, indicator: "use_progress" });
  const { alert } = versions(r, ["2"]);
  const [open] = alert.values();
  const seen = acknowledge(open, "张三", "已联系经办", { version: 1, at: 5 })!;
  expect(seen.event).toMatchObject({ event: "acknowledged", by: "张三", note: "已联系经办", alert: "k-1" });
  expect(acknowledge(seen.after, "李四", "", { version: 1, at: 6 })).toBeNull();
  const again = takeVersion(
    new Map([[open.key, seen.after]]),
    verdictsOf(r, "3"),
    [r],
    { version: 2, at: 9 },
    () => "k",
  );
  expect(again.events).toEqual([]);
  expect(again.changed[0]).toMatchObject({ state: "acknowledged", acknowledgedBy: "张三" });
  const gone = takeVersion(
    new Map([[open.key, seen.after]]),
    verdictsOf(r, "1"),
    [r],
    { version: 3, at: 9 },
    () => "k",
  );
  expect(gone.events.map((e) => e.event)).toEqual(["cleared"]);
  expect(alertId(gone.changed[0])).toBe("k-1");
});

const verdictsOf = (r: AlertRule, value: string) =>
  evaluate(questionOf(r, asOf)!, [reading(value, { subject: "resident" })], asOf, "fraction");

test("the alert of a rule that is gone clears, and so does that of a subject without a figure", () => {
  const r = rule({ above: 1, where: { fund: "*" }, indicator: "use_progress" });
  for (const rules of [[], [r]]) {
    const { alert } = versions(r, ["2"]);
    const { events } = takeVersion(alert, [], rules, { version: 2, at: 1 }, () => "k");
    expect(events.map((e) => e.event)).toEqual(["cleared"]);
  }
});

test("an alert goes on into the next period", () => {
  const r = rule({ above: 1, where: { fund: "*" }, indicator: "use_progress", period: "month" });
  const at = (day: number) =>
    evaluate(questionOf(r, day)!, [reading("2", { subject: "resident" })], day, "fraction");
  const first = takeVersion(new Map(), at(asOf), [r], { version: 1, at: 0 }, () => "k");
  const [open] = first.changed;
  const next = takeVersion(new Map([[open.key, open]]), at(asOf + 1), [r], { version: 2, at: 1 }, () => "k");
  expect(next.events).toEqual([]);
  expect(next.changed[0].facts.period).toBe("2024-07");
});

test("the sentence names subject, figure, distance and threshold", () => {
  const r = rule({ indicator: "settled_progress", where: { fund: "*" }, aheadOfYear: 0.05 });
  const { alert } = versions(r, ["0.553172"]);
  const [{ facts }] = alert.values();
  expect(facts.finding).toBe("居民基金：结算完成预算 55.32%，比时间进度快 5.59 个百分点（阈值 5）（2024）");
  expect(facts).toMatchObject({
    value: "0.553172",
    measured: "0.055904",
    threshold: "0.050000",
    subject_zh: "居民基金",
  });
});
