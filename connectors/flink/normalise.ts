import { DEFAULT_CODES, OPTIONAL_FROM } from "../../aggregations/settlement/validate.js";
import { AMOUNT_FIELDS, STREAMS } from "../../schemas/input/streams.js";

const DEFAULTS: Readonly<Record<string, string>> = DEFAULT_CODES;
/** Amounts that read 0 where they are absent. */
const ZERO: ReadonlySet<string> = new Set(AMOUNT_FIELDS.slice(0, OPTIONAL_FROM));

/** What a field of a settlement reads where it is absent (`normalise`): the jar's format puts it there. */
export const absentReads = (name: string): string | number | undefined =>
  DEFAULTS[name] ?? (ZERO.has(name) ? 0 : undefined);

/** Every field of a settlement as `normalise` leaves it (aggregations/settlement/validate.ts). */
export const normalisedFields = (): string[] =>
  STREAMS.settlement.fields.map(({ name }) =>
    name === "cal_ipt_cnt" ? "CASE WHEN cal_ipt_cnt = '1' THEN '' ELSE cal_ipt_cnt END AS cal_ipt_cnt" : name,
  );
