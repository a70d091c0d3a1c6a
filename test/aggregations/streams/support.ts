import { parseDay } from "../../../aggregations/calendar.js";
import type { Figure } from "../../../schemas/figure.js";
import type { StreamRecord } from "../../../schemas/input/settlement.js";

export const day = (text: string): number => parseDay(text)!;
export const at = (text: string): number => Date.parse(text);
/** 2023-01-01 to 2024-06-30. */
export const WINDOW = { firstDay: day("2023-01-01"), lastDay: day("2024-06-30") };

export const enrolment = (fields: StreamRecord): StreamRecord => ({
  as_of: day("2024-03-31"),
  admdvs: "620725",
  insurance: "resident",
  group: null,
  sex: null,
  persons: 0,
  paid_persons: null,
  target_persons: null,
  updt_time: at("2024-04-01T00:00:00Z"),
  ...fields,
});

export const fundEntry = (fields: StreamRecord): StreamRecord => ({
  entry_id: "E1",
  fund: "resident",
  admdvs: "620725",
  kind: "income",
  subject: "levy",
  amount: 0,
  book_date: day("2024-03-31"),
  insurance: null,
  group: null,
  beneficiaries: null,
  updt_time: at("2024-04-01T00:00:00Z"),
  ...fields,
});

export const dipResult = (fields: StreamRecord): StreamRecord => ({
  result_id: "D1",
  fixmedins_code: "H1",
  insurance: "resident",
  settled_month: "2024-03",
  cases: 1,
  fee_for_service_amount: 0,
  dip_amount: 0,
  deposit_rate: null,
  updt_time: at("2024-04-01T00:00:00Z"),
  ...fields,
});

export const facility = (fields: StreamRecord): StreamRecord => ({
  fixmedins_code: "H1",
  admdvs: "620725",
  name: null,
  hosp_lv: null,
  tier: null,
  ownership: null,
  kind: null,
  parent_code: null,
  valid_from: null,
  valid_to: null,
  display_order: null,
  updt_time: null,
  ...fields,
});

export const fact = (fields: StreamRecord): StreamRecord => ({
  fact_id: "F1",
  indicator: "certified_cases",
  period: "2024H1",
  admdvs: "620725",
  dimensions: null,
  value: "1",
  unit: "person",
  reported_by: null,
  updt_time: at("2024-07-01T00:00:00Z"),
  ...fields,
});

/** The figure of a period: `"indicator insurance dim=value dim=value"`; undefined when there is no row. */
export function find(figures: readonly Figure[], period: string, what: string): Figure | undefined {
  const [indicator, insurance, ...dimensions] = what.split(" ");
  const wanted = dimensions.sort().join(" ");
  const hits = figures.filter(
    (f) =>
      f.period === period &&
      f.indicator === indicator &&
      f.insurance === insurance &&
      Object.entries({ ...f.dimensions, ...f.other })
        .map(([k, v]) => `${k}=${v}`)
        .sort()
        .join(" ") === wanted,
  );
  if (hits.length > 1) throw new Error(`${hits.length} rows for ${period} ${what}`);
  return hits[0];
}

/** `value` of a figure; undefined when there is no row. */
export const value = (figures: readonly Figure[], period: string, what: string) =>
  find(figures, period, what)?.value;
