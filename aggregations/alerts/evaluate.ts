import { type AlertRule, TESTS, type TestName } from "../../schemas/alerts/rule.js";
import type { DayNumber } from "../../schemas/units.js";
import { aheadOfYear } from "../outlook/outlook.js";
import { minus, over, parseDecimal, type Rational } from "../rational.js";
import { peerQuartiles } from "./quartiles.js";
import type { Question, Reading } from "./readings.js";

/** A test that a reading met or failed. */
export interface TestResult {
  readonly test: TestName;
  /** What was held against the threshold; null where it cannot be told. */
  readonly measured: Rational | null;
  readonly threshold: Rational | null;
  readonly met: boolean;
}

/** What one version says of one subject of a rule. */
export interface Verdict {
  /** Rule and subject: the alert's identity from version to version. */
  readonly key: string;
  readonly question: Question;
  readonly reading: Reading;
  readonly breached: boolean;
  /** In the order of TESTS; the first gives the alert its number. */
  readonly tests: readonly TestResult[];
}

/** Rules and subjects are told apart by it; it holds no period, so that an alert goes on into the next one. */
const alertKey = (rule: string, subject: string): string => `${rule}\u0001${subject}`;

const number = (value: number): Rational => parseDecimal(String(value))!;
const above = (a: Rational, b: Rational): boolean => a.n * b.d > b.n * a.d;

/** Judges every subject that was read. A figure that is missing or too small breaches nothing. */
export function evaluate(
  question: Question,
  readings: readonly Reading[],
  asOf: DayNumber | null,
  unit: string,
): Verdict[] {
  const { rule } = question;
  const enough = (reading: Reading): boolean =>
    Object.entries(rule.atLeast).every(([name, least]) => {
      const amount = reading.amounts[name] ?? null;
      return amount !== null && !above(number(least), amount);
    });
  const peers = rule.aheadOfPeers
    ? peerQuartiles(readings, rule.aheadOfPeers === "upper" ? 3 : 1, enough)
    : null;
  return readings.map((reading) => {
    const tests = TESTS.filter((test) => rule[test] !== undefined).map((test) =>
      result(test, rule, reading, { asOf, unit, quartile: peers?.get(reading) ?? null }),
    );
    const breached = enough(reading) && tests.length > 0 && tests.every((t) => t.met);
    return { key: alertKey(rule.name, reading.subject), question, reading, breached, tests };
  });
}

interface Beside {
  readonly asOf: DayNumber | null;
  readonly unit: string;
  readonly quartile: Rational | null;
}

function result(test: TestName, rule: AlertRule, reading: Reading, beside: Beside): TestResult {
  const threshold = test === "aheadOfPeers" ? beside.quartile : number(rule[test] as number);
  const measured = measure(test, reading, beside);
  const under =
    test === "below" || test === "changeBelow" || (test === "aheadOfPeers" && rule.aheadOfPeers === "lower");
  const met =
    measured !== null &&
    threshold !== null &&
    (under ? above(threshold, measured) : above(measured, threshold));
  return { test, measured, threshold, met };
}

function measure(test: TestName, { value, previous }: Reading, { asOf, unit }: Beside): Rational | null {
  if (value === null) return null;
  switch (test) {
    case "aheadOfYear":
      return asOf === null ? null : aheadOfYear(value, asOf);
    case "changeAbove":
    case "changeBelow":
      if (previous === null) return null;
      return unit === "fraction" ? minus(value, previous) : over(minus(value, previous), previous);
    default:
      return value;
  }
}
