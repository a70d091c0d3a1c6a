import { DEFAULT_CODES, OPTIONAL_FROM } from "../../aggregations/settlement/validate.js";
import { AMOUNT_FIELDS, STREAMS } from "../../schemas/input/streams.js";
import { bigint, text } from "./dialect.js";

const DEFAULTS: Readonly<Record<string, string>> = DEFAULT_CODES;
/** Amounts that read 0 where they are absent. */
const ZERO: ReadonlySet<string> = new Set(AMOUNT_FIELDS.slice(0, OPTIONAL_FROM));

/** Every field of a settlement as `normalise` leaves it (aggregations/settlement/validate.ts). */
export const normalisedFields = (): string[] =>
  STREAMS.settlement.fields.map(({ name }) => `${normalised(name)} AS ${name}`);

function normalised(name: string): string {
  if (name in DEFAULTS) return `CASE WHEN ${name} = '' THEN ${text(DEFAULTS[name])} ELSE ${name} END`;
  if (name === "cal_ipt_cnt") return "CASE WHEN cal_ipt_cnt = '1' THEN '' ELSE cal_ipt_cnt END";
  return ZERO.has(name) ? `COALESCE(${name}, ${bigint(0)})` : name;
}
