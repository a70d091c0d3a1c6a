import type { Figure } from "../../schemas/figure.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import { monthEnd, monthNumber, monthStart } from "../calendar.js";
import { over, parseDecimal, type Rational, whole, yuan } from "../rational.js";
import { normaliseRecord, numberOf, textOf } from "./record.js";
import {
  type DataWindow,
  type Indicator,
  type Series,
  SeriesMap,
  type Span,
  seriesFigures,
  windowWith,
  withAll,
} from "./series.js";

/** Parts of a fen in which deposits are summed, so that rate × amount stays exact. */
const MICRO = 1_000_000n;

/** Sums of one group and month. */
interface Month {
  cases: bigint;
  /** Fen. */
  ffs: bigint;
  /** Fen. */
  dip: bigint;
  /** Millionths of a fen. */
  deposit: bigint;
}
type Year = (Month | null)[];

/** Sums of the span; null when no month has a record. */
function total(year: Year, span: Span): Month | null {
  let sum: Month | null = null;
  for (let m = span.from; m <= span.to; m++) {
    const month = year[m];
    if (month === null) continue;
    sum ??= { cases: 0n, ffs: 0n, dip: 0n, deposit: 0n };
    sum.cases += month.cases;
    sum.ffs += month.ffs;
    sum.dip += month.dip;
    sum.deposit += month.deposit;
  }
  return sum;
}

const indicator = (
  name: string,
  unit: string,
  places: number,
  pick: (sum: Month) => Rational | null,
  additive = true,
): Indicator<Year> => ({
  name,
  unit,
  places,
  additive,
  value: (year, span) => {
    const sum = total(year, span);
    return sum === null ? null : pick(sum);
  },
});

const INDICATORS: readonly Indicator<Year>[] = [
  indicator("dip_cases", "visit", 0, (m) => whole(m.cases)),
  indicator("ffs_amount", "yuan", 2, (m) => yuan(m.ffs)),
  indicator("dip_amount", "yuan", 2, (m) => yuan(m.dip)),
  indicator("dip_difference", "yuan", 2, (m) => yuan(m.dip - m.ffs)),
  // Unrounded: a rate of 0.05 leaves tenths of a fen, which must not get lost before the sum.
  indicator("dip_deposit", "yuan", 6, (m) => ({ n: m.deposit, d: 100n * MICRO })),
  indicator("dip_prepay_rate", "fraction", 6, (m) => over(yuan(m.dip), yuan(m.ffs)), false),
];

/**
 * Figures of DIP pre-settlement (docs/specification.md#dip-figures) by `settled_month`, in total and by
 * facility; `all` insurance is the sum of every insurance.
 * @param records current versions of stream `dip-result`, in any order
 */
export function dipFigures(records: Iterable<StreamRecord>, window: DataWindow): Figure[] {
  const series = new SeriesMap<Year>(() => new Array<Month | null>(12).fill(null));
  const days: number[] = [];
  for (const raw of records) {
    const record = normaliseRecord("dip-result", raw);
    const [year, month] = textOf(record, "settled_month").split("-").map(Number);
    days.push(monthStart(monthNumber(year, month)), monthEnd(monthNumber(year, month)));
    const groups: Series<Year>["dimensions"][] = [{}, { facility: textOf(record, "fixmedins_code") }];
    for (const insurance of withAll(textOf(record, "insurance"))) {
      for (const dimensions of groups) add(series.at(insurance, dimensions, year), month - 1, record);
    }
  }
  const range = windowWith(window, days);
  return range === null ? [] : seriesFigures(series.values(), INDICATORS, range);
}

function add(year: Year, month: number, record: StreamRecord): void {
  const sum = year[month] ?? { cases: 0n, ffs: 0n, dip: 0n, deposit: 0n };
  year[month] = sum;
  const dip = BigInt(numberOf(record, "dip_amount")!);
  const rate = parseDecimal(textOf(record, "deposit_rate"))!;
  sum.cases += BigInt(numberOf(record, "cases")!);
  sum.ffs += BigInt(numberOf(record, "fee_for_service_amount")!);
  sum.dip += dip;
  sum.deposit += (dip * rate.n * MICRO) / rate.d;
}
