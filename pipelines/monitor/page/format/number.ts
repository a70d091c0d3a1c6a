import { Decimal } from "decimal.js";

/** A published figure as the API gives it: decimal text in the table's own unit, or null. */
export type Amount = string | null | undefined;

/** How a figure is written: the only place that rounds, scales and names units. */
export type Shape =
  | "wan" // yuan as 万元, two decimals
  | "wan1" // yuan as 万元, one decimal
  | "wan0" // yuan as 万元, no decimals
  | "yuan" // yuan, no decimals
  | "yuan2" // yuan to the fen
  | "pct" // fraction as %, one decimal
  | "pct2" // fraction as %, two decimals
  | "points" // fraction as percentage points, one decimal
  | "count" // whole number
  | "one" // one decimal
  | "two" // two decimals
  | "three"; // three decimals

const SCALE: Record<Shape, { readonly by: string; readonly digits: number; readonly suffix: string }> = {
  wan: { by: "0.0001", digits: 2, suffix: "" },
  wan1: { by: "0.0001", digits: 1, suffix: "" },
  wan0: { by: "0.0001", digits: 0, suffix: "" },
  yuan: { by: "1", digits: 0, suffix: "" },
  yuan2: { by: "1", digits: 2, suffix: "" },
  pct: { by: "100", digits: 1, suffix: "%" },
  pct2: { by: "100", digits: 2, suffix: "%" },
  points: { by: "100", digits: 1, suffix: "" },
  count: { by: "1", digits: 0, suffix: "" },
  one: { by: "1", digits: 1, suffix: "" },
  two: { by: "1", digits: 2, suffix: "" },
  three: { by: "1", digits: 3, suffix: "" },
};

export const NONE = "—";
const MINUS = "−";

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

function written(value: Decimal, digits: number, plus: boolean): string {
  const text = value.abs().toFixed(digits, Decimal.ROUND_HALF_UP);
  const zero = /^[0.]*$/.test(text);
  const [whole, fraction] = text.split(".");
  const sign = zero ? "" : value.isNegative() ? MINUS : plus ? "+" : "";
  return `${sign}${grouped(whole)}${fraction ? `.${fraction}` : ""}`;
}

/** "4,533.48"; `—` where there is no figure. A zero after rounding carries no sign. */
export function show(value: Amount, shape: Shape, plus = false): string {
  if (value === null || value === undefined || value === "") return NONE;
  const { by, digits, suffix } = SCALE[shape];
  return written(new Decimal(value).times(by), digits, plus) + suffix;
}

/** With its sign: "+10.6%", "−2.0". */
export const signed = (value: Amount, shape: Shape): string => show(value, shape, true);

/** Shape of a figure by its published unit. */
export function shapeOf(unit: string): Shape {
  switch (unit) {
    case "yuan":
      return "wan";
    case "yuan/visit":
    case "yuan/person":
      return "yuan";
    case "fraction":
      return "pct";
    case "day/visit":
      return "two";
    case "visit/person":
      return "three";
    case "month":
      return "one";
    default:
      return "count";
  }
}

/** For geometry only: where a mark stands on an axis. Never for a figure that is read. */
export const place = (value: Amount): number | null =>
  value === null || value === undefined || value === "" ? null : Number(value);

/** The magnitude alone, for sentences that say the direction in words. */
export const magnitude = (value: Amount, shape: Shape): string => show(value, shape).replace(MINUS, "");

export const isNegative = (value: Amount): boolean => (value ? new Decimal(value).isNegative() : false);

/** Text of an axis: 1e6 yuan as "100" (万元). */
export const tick = (value: number, shape: Shape): string =>
  show(String(value), shape).replace(/\.0+(?=%?$)/, "");
