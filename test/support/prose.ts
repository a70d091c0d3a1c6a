import { Decimal } from "decimal.js";
import { type Golden, rowsOf, type Statement } from "./printed.js";

/** Where a figure of the prose stands in `indicators`. */
interface Stand {
  readonly insurance: string;
  readonly grouping: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly indicator: string;
}
type Row = Readonly<Record<string, string | null>>;
type Form = "value" | "previous" | "change" | "change_pct";

const DIMENSIONS = ["care", "category", "region", "care_group"] as const;

/** Rows of `indicators` of one period by where they stand. */
export class Indicators {
  readonly #rows = new Map<string, Row>();

  static async of(file: string, period: string): Promise<Indicators> {
    const groupings = ["total", "care", "care+category", "care+category+region", "care+category+care_group"];
    const rows = await rowsOf(
      file,
      `SELECT insurance, "grouping", ${DIMENSIONS.join(", ")}, indicator, value, previous, change, change_pct
       FROM indicators WHERE period = '${period}' AND "grouping" IN (${groupings.map((g) => `'${g}'`).join(", ")})`,
    );
    const found = new Indicators();
    for (const row of rows) {
      const dimensions = Object.fromEntries(
        DIMENSIONS.flatMap((d) => (row[d] === null ? [] : [[d, row[d]]])),
      );
      found.#rows.set(keyOf({ ...(row as unknown as Stand), dimensions }), row);
    }
    return found;
  }

  get(stand: Stand, form: Form = "value"): Decimal | null {
    const text = this.#rows.get(keyOf(stand))?.[form];
    return text === null || text === undefined ? null : new Decimal(text);
  }
}

const keyOf = ({ insurance, grouping, dimensions, indicator }: Stand): string =>
  [insurance, grouping, ...DIMENSIONS.map((d) => dimensions[d] ?? ""), indicator].join(" ");

/** Key of a statement without place and form → indicator, and the factor to the printed unit. */
const KEYS: Readonly<Record<string, readonly [string, number]>> = {
  visits: ["visits", 1],
  fee_total_wan: ["fee", 1e-4],
  avg_fee_yuan: ["avg_fee", 1],
  bed_days: ["bed_days", 1],
  avg_bed_days: ["avg_bed_days", 1],
  reimb_rate_in_scope_pct: ["reimb_rate_in_scope", 100],
  reimb_rate_actual_pct: ["reimb_rate", 100],
  actual_comp_rate_pct: ["pool_rate", 100],
  hospitalization_rate_pct: ["hospitalization_rate", 100],
  fund_spend_wan: ["benefit_paid", 1e-4],
};
const PLACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  in_county: { region: "county" },
  in_city: { region: "city" },
  in_province: { region: "province" },
  cross_province: { region: "national" },
  county_level: { care_group: "县级" },
  township: { care_group: "乡镇级" },
};
const CATEGORIES: Readonly<Record<string, readonly [string, string]>> = {
  inpatient: ["inpatient", "普通住院"],
  outpatient_chronic: ["outpatient", "门诊慢特病"],
  chronic: ["outpatient", "门诊慢特病"],
  general: ["outpatient", "普通门诊"],
  two_diseases: ["outpatient", "门诊两病"],
  negotiated_drugs: ["outpatient", "国家谈判药门诊"],
  day_surgery: ["outpatient", "日间手术"],
  reproductive: ["outpatient", "生殖门诊"],
  personal_account: ["pharmacy", "个人账户"],
  injury: ["inpatient", "外伤住院"],
  psychiatric: ["inpatient", "精神病住院"],
  // So labelled in the prose; the table calls the same figure 单病种住院.
  maternity: ["inpatient", "单病种住院"],
};
const FORMS: Readonly<Record<string, Form>> = { prev: "previous", delta: "change", yoy: "change_pct" };

const placeOf = (key: string): string | undefined => Object.keys(PLACES).find((p) => key.startsWith(`${p}_`));

function standOf(insurance: string, named: string, place: string | undefined, indicator: string): Stand {
  const [care, category] = CATEGORIES[named];
  const more = place === undefined ? {} : PLACES[place];
  return {
    insurance,
    grouping: ["care", "category", ...Object.keys(more)].join("+"),
    dimensions: { care, category, ...more },
    indicator,
  };
}

/** A figure of the prose: statement and key, printed with its sign, and the same from `indicators`. */
export interface ProseFigure {
  readonly where: string;
  readonly printed: string;
  readonly computed: string | null;
}

/** Every figure of the prose that an indicator gives. */
export function proseFigures(report: Golden, indicators: Indicators): ProseFigure[] {
  return report.statements.flatMap((statement) =>
    Object.keys(statement.values).flatMap((key) => {
      const computed = figureOf(statement, key, indicators);
      if (computed === undefined) return [];
      const sign = statement.directions?.[key] === "down" ? "-" : "";
      return [{ where: `${statement.id} ${key}`, printed: sign + statement.values[key], computed }];
    }),
  );
}

/** As the bureau would print it; null where the indicator has no value; undefined where none gives it. */
function figureOf({ id, values }: Statement, key: string, indicators: Indicators): string | null | undefined {
  const parts = id.split(".");
  const insurance = parts.find((p) => p === "resident" || p === "employee");
  if (parts[0] === "enrollment") return enrolled(insurance ?? "", key, indicators);
  if (id === "aid.paid" && key.startsWith("inpatient_aid")) {
    const of = { insurance: "all", grouping: "care", dimensions: { care: "inpatient" } };
    const visits = key.endsWith("visits");
    const value = indicators.get({ ...of, indicator: visits ? "aid_visits" : "aid_paid" });
    return shown(value, visits ? 1 : 1e-4, visits ? 0 : 2);
  }
  if (insurance === undefined) return undefined;
  if (/fund_structure$|fund_spend\.total$/.test(id)) return structure(insurance, id, key, indicators);
  const named = parts.filter((p) => p in CATEGORIES).at(-1);
  if (named === undefined) return undefined;
  const place = placeOf(key);
  const form = /_(prev|delta|yoy)(?=_|$)/.exec(key)?.[1];
  const plain = key.replace(place ? `${place}_` : "", "").replace(/_(prev|delta|yoy)(?=_|$)/, "");
  const stem = plain.replace(/_(pct|pp)$/, "");
  // The employees' base_comp is the whole reimbursement, as in its table.
  const base =
    stem === "base_comp_rate" ? (insurance === "employee" ? "reimb_rate_actual" : "actual_comp_rate") : stem;
  const name = [plain, base, `${base}_pct`, `${base}_yuan`, `${base}_wan`].find((k) => k in KEYS);
  if (name === undefined || values[key] === undefined) return undefined;
  const [indicator, factor] = KEYS[name];
  const column = form === undefined ? "value" : FORMS[form];
  const value = indicators.get(standOf(insurance, named, place, indicator), column);
  if (column === "change_pct") return shown(value, 100, 2);
  return shown(
    value,
    factor,
    indicator === "avg_bed_days" ? 1 : /^(visits|bed_days)$/.test(indicator) ? 0 : 2,
  );
}

const ENROLLED: Readonly<Record<string, readonly [string, Form, number]>> = {
  insured: ["enrolled", "value", 1],
  insured_prev: ["enrolled", "previous", 1],
  paying: ["enrolled_paid", "value", 1],
  tax_collected_persons: ["enrolled_paid", "value", 1],
  budget_completion_pct: ["enrolment_progress", "value", 100],
};
function enrolled(insurance: string, key: string, indicators: Indicators): string | null | undefined {
  const [indicator, form, factor] = ENROLLED[key] ?? [];
  if (indicator === undefined) return undefined;
  const value = indicators.get({ insurance, grouping: "total", dimensions: {}, indicator }, form);
  return shown(value, factor as number, factor === 100 ? 2 : 0);
}

/** Parts of the spending and their shares: by category or place within the care, by care within the whole. */
function structure(
  insurance: string,
  id: string,
  key: string,
  indicators: Indicators,
): string | null | undefined {
  const name = key.replace(/_(spend_wan|share_pct)$/, "");
  const share = key.endsWith("share_pct");
  const total = id.endsWith("fund_spend.total");
  const care = total ? name : id.split(".")[1];
  const place = PLACES[name] ? name : undefined;
  const of = (c: string): Stand => ({
    insurance,
    grouping: "care",
    dimensions: { care: c },
    indicator: "benefit_paid",
  });
  // The report counts what accounts pay in pharmacies among the employees' outpatient spending.
  const cares = care === "outpatient" && insurance === "employee" ? ["outpatient", "pharmacy"] : [care];
  const whole = sumOf(cares.map((c) => indicators.get(of(c))));
  if (name === "fund_spend" || name === "fund") {
    return shown(indicators.get({ ...of(""), grouping: "total", dimensions: {} }), 1e-4, 2);
  }
  if (name === "inpatient" || name === "outpatient") {
    if (!share) return shown(whole, 1e-4, 2);
    return shown(indicators.get({ ...of(name), indicator: "share_benefit_paid" }), 100, 2);
  }
  if (!(name in CATEGORIES) && place === undefined) return undefined;
  if (total) return undefined;
  const named = place === undefined ? name : "inpatient";
  const part = indicators.get(standOf(insurance, named, place, "benefit_paid"));
  if (!share) return shown(part, 1e-4, 2);
  if (cares.length > 1) return shown(part && whole && part.div(whole), 100, 2);
  return shown(indicators.get(standOf(insurance, named, place, "share_in_care_benefit_paid")), 100, 2);
}

const sumOf = (values: readonly (Decimal | null)[]): Decimal | null =>
  values.reduce<Decimal | null>((a, b) => (b === null ? a : (a ?? new Decimal(0)).plus(b)), null);

const shown = (value: Decimal | null, factor: number, decimals: number): string | null =>
  value === null
    ? null
    : value.times(factor).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP).toFixed(decimals);
