import { INDICATORS } from "../../../schemas/indicators.js";
import type { Book, Figure, Scope } from "./book.js";

/** Sets of regions that reports add up. */
const REGION_SUMS = [
  ["county", "city"],
  ["city", "province"],
  ["county", "city", "province"],
  ["province", "national"],
  ["city", "province", "national"],
];
const CARE_SUMS = [
  ["outpatient", "pharmacy"],
  ["outpatient", "pharmacy", "maternity"],
];
const SHARED = ["visits", "fee", "fund_paid", "pool_paid", "benefit_paid"];
/** Rates of those whom a scheme paid for, by what it paid and what their treatment cost. */
const SCHEME_RATES: readonly (readonly [rate: string, paid: string, fee: string])[] = [
  ["critical_rate", "critical_paid", "critical_fee"],
  ["large_rate", "large_paid", "large_fee"],
  ["aid_rate", "aid_paid", "aid_fee"],
];

/** A ratio out of two sums; null over 0. */
const over = (a: number | null, b: number | null): number | null =>
  a === null || b === null || b === 0 ? null : a / b;

/** Value, the year before's, change and relative change of a figure made from others. */
export function withChange(value: number | null, previous: number | null): (number | null)[] {
  const change = value === null || previous === null ? null : value - previous;
  return [value, previous, change, over(change, previous)];
}

/**
 * Figures that reports print and no row has: sums of regions and of cares, what the books add to the settlements,
 * and shares of those sums. They say what they were made of.
 */
export function addComposites(book: Book, booked: readonly { readonly subject: string }[]): void {
  const rows = [...book.figures];
  for (const [dimension, sets] of [
    ["region", REGION_SUMS],
    ["care", CARE_SUMS],
  ] as const)
    for (const set of sets) addSums(book, rows, dimension, set);
  addSchemeRates(book, rows);
  addEnrolmentRates(book, rows);
  addBooked(
    book,
    rows,
    booked.map((b) => b.subject),
  );
  for (const insurance of new Set(rows.map((f) => f.scope.insurance)))
    for (const set of CARE_SUMS) {
      const whole = book.scope(insurance, [["care", set.join("+")]]);
      addShares(
        book,
        rows,
        whole,
        "share_in_care_",
        (s) => set.includes(s.members.get("care") ?? "") && within(s, ["care", "category"]),
      );
    }
}

const within = (scope: Scope, dimensions: readonly string[]): boolean =>
  [...scope.members.keys()].every((d) => dimensions.includes(d));

const additive = new Set(
  INDICATORS.filter((i) => i.denominator === null && i.name !== "persons").map((i) => i.name),
);

function addSums(book: Book, rows: readonly Figure[], dimension: string, set: readonly string[]): void {
  const groups = new Map<string, { scope: Scope; parts: Figure[] }>();
  const moved = new Map<number, Scope>();
  for (const f of rows) {
    const member = f.scope.members.get(dimension);
    if (member === undefined || !set.includes(member) || !additive.has(f.indicator)) continue;
    const scope = moved.get(f.scope.id) ?? book.moved(f.scope, dimension, set.join("+"));
    moved.set(f.scope.id, scope);
    const key = `${scope.id} ${f.indicator}`;
    const group = groups.get(key) ?? { scope, parts: [] };
    groups.set(key, group);
    group.parts.push(f);
  }
  const scopes = new Set<Scope>();
  for (const { scope, parts } of groups.values()) {
    if (parts.length < 2) continue;
    scopes.add(scope);
    const [value, previous] = [sumOf(parts, 0), sumOf(parts, 1)];
    const made = `${parts.map((p) => p.scope.members.get(dimension)).join(" + ")}`;
    book.add(
      scope,
      parts[0].indicator,
      parts[0].unit,
      withChange(value, previous),
      sign(scope, parts[0].indicator),
      made,
      parts,
    );
  }
  for (const scope of scopes)
    for (const { name, unit, numerator, denominator } of INDICATORS) {
      const [top, bottom] = [book.at(scope, numerator), denominator && book.at(scope, denominator)];
      if (!top || !bottom) continue;
      const values = withChange(over(top.values[0], bottom.values[0]), over(top.values[1], bottom.values[1]));
      book.add(scope, name, unit, values, sign(scope, name), top.made);
    }
}

const sign = (scope: Scope, indicator: string): string => `made ${scope.id} ${indicator}`;
const sumOf = (parts: readonly Figure[], at: number): number =>
  parts.reduce((sum, p) => sum + (p.values[at] ?? 0), 0);

function addSchemeRates(book: Book, rows: readonly Figure[]): void {
  for (const [name, paid, fee] of SCHEME_RATES)
    for (const f of rows) {
      const base = f.indicator === paid ? book.at(f.scope, fee) : undefined;
      if (base === undefined) continue;
      const values = withChange(over(f.values[0], base.values[0]), over(f.values[1], base.values[1]));
      book.add(f.scope, name, "fraction", values, sign(f.scope, name), `${paid} ÷ ${fee}`);
    }
}

/** Of the insured: this year's over last year's, and those who paid over all. */
function addEnrolmentRates(book: Book, rows: readonly Figure[]): void {
  for (const f of rows) {
    if (f.indicator !== "enrolled") continue;
    const add = (name: string, value: number | null): void => {
      const values = withChange(value, null);
      if (value !== null) book.add(f.scope, name, "fraction", values, sign(f.scope, name), name);
    };
    add("enrolled_again_rate", over(f.values[0], f.values[1]));
    add("enrolled_paid_rate", over(book.at(f.scope, "enrolled_paid")?.values[0] ?? null, f.values[0]));
  }
}

/** What an insurance spends by settlements and by its books, and what is a share of that. */
function addBooked(book: Book, rows: readonly Figure[], subjects: readonly string[]): void {
  for (const insurance of new Set(rows.map((f) => f.scope.insurance))) {
    const whole = book.at(book.scope(insurance, []), "benefit_paid");
    const extra = rows.filter(
      (f) =>
        f.scope.insurance === insurance &&
        f.indicator === "expense" &&
        within(f.scope, ["fund", "subject"]) &&
        subjects.includes(f.scope.members.get("subject") ?? "") &&
        f.scope.members.has("fund"),
    );
    if (!whole || extra.length === 0) continue;
    const scope = book.scope(insurance, [["care", "all+booked"]]);
    const made = `total + ${extra.map((f) => f.scope.members.get("subject")).join(" + ")}`;
    const values = withChange(sumOf([whole, ...extra], 0), sumOf([whole, ...extra], 1));
    book.add(scope, "benefit_paid", "yuan", values, sign(scope, "benefit_paid"), made, [whole, ...extra]);
    const birth = book.at(book.scope(insurance, [["care", "maternity"]]), "benefit_paid");
    if (birth) {
      const both = book.scope(insurance, [["care", "maternity+booked"]]);
      const sums = withChange(sumOf([birth, ...extra], 0), sumOf([birth, ...extra], 1));
      book.add(
        both,
        "benefit_paid",
        "yuan",
        sums,
        sign(both, "benefit_paid"),
        made.replace("total", "maternity"),
        [birth, ...extra],
      );
    }
    const parts = [...book.figures].filter((f) => f.scope.insurance === insurance);
    addShares(
      book,
      parts,
      scope,
      "share_",
      (s) => s !== scope && within(s, ["care", "category"]) && s.members.has("care"),
    );
  }
}

function addShares(
  book: Book,
  rows: readonly Figure[],
  whole: Scope,
  prefix: string,
  isPart: (scope: Scope) => boolean,
): void {
  for (const indicator of SHARED) {
    const base = book.at(whole, indicator);
    if (!base) continue;
    const made = `${whole.members.get("care")}`;
    for (const f of rows) {
      if (f.indicator !== indicator || f.scope.insurance !== whole.insurance || !isPart(f.scope)) continue;
      const values = withChange(over(f.values[0], base.values[0]), over(f.values[1], base.values[1]));
      // A share of another whole than the published one of the same name.
      const shown = `${prefix}${indicator}@${made}`;
      book.add(f.scope, shown, "fraction", values, sign(f.scope, shown), `share of ${base.made ?? made}`);
    }
  }
}
