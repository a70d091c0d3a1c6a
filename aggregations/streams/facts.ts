import { ALL_INSURANCES, DIMENSIONS, type Dimension } from "../../schemas/dimensions.js";
import type { Figure } from "../../schemas/figure.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import { civil, dayOf, type Period, parsePeriod, previousPeriodId } from "../calendar.js";
import { parseDecimal, type Rational } from "../rational.js";
import { mapOf, normaliseRecord, textOf } from "./record.js";
import { type DataWindow, figure, windowWith } from "./series.js";
import { canonicalContent, compareBytes, versionTime } from "./version.js";

/** Decimals of a published value. */
const PLACES = 6;

interface Group {
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Partial<Record<Dimension, string>>>;
  readonly other: Readonly<Record<string, string>> | null;
  readonly indicator: string;
}

/** What a fact's figure is about, apart from its period. */
function groupOf(record: StreamRecord, ownAdmdvs: string): Group {
  const { insurance = ALL_INSURANCES, ...given } = mapOf(record, "dimensions");
  const admdvs = textOf(record, "admdvs");
  const named: Record<string, string> = admdvs === ownAdmdvs ? given : { ...given, district: admdvs };
  const dimensions: Partial<Record<Dimension, string>> = {};
  for (const name of DIMENSIONS) if (Object.hasOwn(named, name)) dimensions[name] = named[name];
  const rest = Object.entries(named).filter(([name]) => !(DIMENSIONS as readonly string[]).includes(name));
  rest.sort(([a], [b]) => compareBytes(a, b));
  const parts = [...Object.keys(dimensions), ...(rest.length > 0 ? ["other"] : [])];
  return {
    insurance,
    grouping: parts.join("+") || "total",
    dimensions,
    other: rest.length > 0 ? Object.fromEntries(rest) : null,
    indicator: textOf(record, "indicator"),
  };
}

/** Of two facts that state one figure the one written later counts, as with versions; never their sum. */
function laterWritten(a: StreamRecord, b: StreamRecord): StreamRecord {
  const order =
    versionTime(a) - versionTime(b) ||
    compareBytes(canonicalContent("reported-fact", a), canonicalContent("reported-fact", b));
  return order >= 0 ? a : b;
}

const statedBy = (fact: StreamRecord | undefined): Rational | null =>
  fact === undefined ? null : parseDecimal(textOf(fact, "value"));

/** Whether the data reach the period: an ytd counts as the month that it ends with. */
function reached(period: Period, last: number): boolean {
  const [year, month] = civil(period.endDay);
  return (period.kind === "ytd" ? dayOf(year, month, 1) : period.startDay) <= last;
}

/** The same period one year later; null for 29 February. */
function nextPeriod(period: Period): Period | null {
  const year = Number(period.id.slice(0, 4)) + 1;
  return parsePeriod(String(year).padStart(4, "0") + period.id.slice(4));
}

/**
 * Figures that other offices report, under their own indicator, with the dimensions that they carry
 * (docs/specification.md#reported-figures). A fact is published as it is and never added up; a missing side
 * is unknown, not 0.
 * @param records current versions of stream `reported-fact`, in any order
 */
export function factFigures(
  records: Iterable<StreamRecord>,
  jurisdiction: { readonly admdvs: string },
  window: DataWindow,
): Figure[] {
  const groups = new Map<string, { group: Group; periods: Map<string, StreamRecord> }>();
  const days: number[] = [];
  for (const raw of records) {
    const record = normaliseRecord("reported-fact", raw);
    const group = groupOf(record, jurisdiction.admdvs);
    const name = JSON.stringify(group);
    const period = parsePeriod(textOf(record, "period"))!;
    days.push(period.startDay, period.endDay);
    const facts = groups.get(name) ?? { group, periods: new Map<string, StreamRecord>() };
    groups.set(name, facts);
    const held = facts.periods.get(period.id);
    facts.periods.set(period.id, held === undefined ? record : laterWritten(held, record));
  }
  const range = windowWith(window, days);
  if (range === null) return [];

  const figures: Figure[] = [];
  for (const [, { group, periods }] of [...groups].sort(([a], [b]) => compareBytes(a, b))) {
    const rows = new Map<string, Period>();
    for (const id of periods.keys()) {
      const period = parsePeriod(id)!;
      rows.set(id, period);
      const next = nextPeriod(period);
      if (next !== null) rows.set(next.id, next);
    }
    for (const [id, period] of [...rows].sort(([a], [b]) => compareBytes(a, b))) {
      if (!reached(period, range.last)) continue;
      const now = periods.get(id);
      const before = periods.get(previousPeriodId(id) ?? "");
      const unit = textOf((now ?? before)!, "unit");
      const indicator = { name: group.indicator, unit, places: PLACES };
      const row = figure(id, group, indicator, statedBy(now), statedBy(before));
      if (row !== null) figures.push(row);
    }
  }
  return figures;
}
