/**
 * The input streams and their fields (docs/specification.md#streams): the one place where a field's name,
 * type and obligation are written down. Avro schemas, the JSON decoder, validation, the packed state row and
 * the simulator's writers are all derived from these tables.
 */

/** Wire type of a field. `amount`: yuan with two decimals, held as integer fen. `decimal`: exact text. */
export type FieldType = "string" | "instant" | "date" | "int" | "amount" | "rate" | "decimal" | "map";

/**
 * What the text of a `string` field is.
 * - `id`: names one thing; up to 64 characters, no control characters. The four ids of a settlement may have
 *   the form of an identity number, since some systems make them so (`IDENTITY_FIELDS`).
 * - `code`: of a code list or register: at most 20 letters, digits and `-_.+*\/`.
 * - `name`: of an open list (fund, subject, group, indicator, unit …); like an id.
 * - `prose`: for people; up to 1,024 characters.
 */
export type TextKind = "id" | "code" | "name" | "prose";

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** A record without it is quarantined as `missing_field`. An empty string counts as absent. */
  readonly required: boolean;
  /** Of a `string` field only. */
  readonly text?: TextKind;
  /** Of a `string` field only: digits that an integer is padded to, where an integer may stand for the text. */
  readonly digits?: number;
}

/** Fields whose value may look like an identity number; in every other field that is a shifted column. */
export const IDENTITY_FIELDS: ReadonlySet<string> = new Set([
  "psn_no",
  "setl_id",
  "init_setl_id",
  "mdtrt_id",
]);

/** Codes, by field name, in every stream. */
const CODES: ReadonlySet<string> = new Set([
  "refd_setl_flag",
  "vali_flag",
  "insutype",
  "psn_type",
  "insu_admdvs",
  "fixmedins_code",
  "fix_blng_admdvs",
  "hosp_lv",
  "med_type",
  "setl_type",
  "pay_loc",
  "clr_way",
  "mid_setl_flag",
  "cal_ipt_cnt",
  "dise_no",
  "admdvs",
  "parent_code",
  "tier",
  "ownership",
  "insurance",
  "sex",
  "settled_month",
]);
const IDS: ReadonlySet<string> = new Set([...IDENTITY_FIELDS, "entry_id", "result_id", "fact_id"]);
const PROSE: ReadonlySet<string> = new Set(["name", "reported_by"]);

/** Fields that an integer may stand for: their codes never begin with 0, or (`hosp_lv`) have a fixed length. */
const INTEGER_DIGITS: Readonly<Record<string, number>> = {
  setl_id: 1,
  init_setl_id: 1,
  mdtrt_id: 1,
  insutype: 1,
  psn_type: 1,
  insu_admdvs: 1,
  fix_blng_admdvs: 1,
  med_type: 1,
  setl_type: 1,
  pay_loc: 1,
  clr_way: 1,
  refd_setl_flag: 1,
  vali_flag: 1,
  mid_setl_flag: 1,
  cal_ipt_cnt: 1,
  hosp_lv: 2,
};

/** Other names of a field in the national settlement table, read where ours is absent. */
export const FIELD_ALIASES: Readonly<Record<string, readonly string[]>> = {
  inscp_scp_amt: ["inscp_amt"],
  psn_cash_pay: ["cash_payamt"],
  oth_pay: ["othfund_pay"],
  hosp_part_amt: ["ownpay_hosp_part"],
};

export const STREAM_NAMES = [
  "settlement",
  "fund-entry",
  "enrolment",
  "dip-result",
  "facility",
  "reported-fact",
] as const;
export type StreamName = (typeof STREAM_NAMES)[number];

export interface StreamSpec {
  readonly name: StreamName;
  /** Default Kafka topic. */
  readonly topic: string;
  /** Avro record name in namespace `cn.fundpulse.v1`. */
  readonly record: string;
  /** Fields that together identify a record; versions of one key are ordered by `updt_time`. */
  readonly key: readonly string[];
  readonly fields: readonly Field[];
}

const AVRO_NAMESPACE = "cn.fundpulse.v1";

function textKind(name: string): TextKind {
  if (CODES.has(name)) return "code";
  if (IDS.has(name)) return "id";
  return PROSE.has(name) ? "prose" : "name";
}

const field = (name: string, type: FieldType, required: boolean): Field =>
  type === "string"
    ? { name, type, required, text: textKind(name), digits: INTEGER_DIGITS[name] ?? 0 }
    : { name, type, required };
const req = (name: string, type: FieldType = "string"): Field => field(name, type, true);
const opt = (name: string, type: FieldType = "string"): Field => field(name, type, false);

/** The eight fund amounts whose sum is `fund_pay_sumamt` (identity A). */
export const FUND_AMOUNTS = [
  "hifp_pay",
  "cvlserv_pay",
  "hifes_pay",
  "hifmi_pay",
  "hifob_pay",
  "hifdm_pay",
  "maf_pay",
  "oth_pay",
] as const;

/** Every amount of a settlement, in the order of the packed row. */
export const AMOUNT_FIELDS = [
  "medfee_sumamt",
  "inscp_scp_amt",
  ...FUND_AMOUNTS,
  "fund_pay_sumamt",
  "acct_pay",
  "psn_cash_pay",
  "hosp_part_amt",
  "fulamt_ownpay_amt",
  "overlmt_selfpay",
  "preselfpay_amt",
  "act_pay_dedc",
  "acct_mulaid_pay",
] as const;
export type AmountField = (typeof AMOUNT_FIELDS)[number];

const REQUIRED_AMOUNTS: ReadonlySet<string> = new Set(["medfee_sumamt", "fund_pay_sumamt"]);

export const STREAMS: Readonly<Record<StreamName, StreamSpec>> = {
  settlement: {
    name: "settlement",
    topic: "fund.settlement",
    record: "Settlement",
    key: ["setl_id"],
    fields: [
      req("setl_id"),
      opt("init_setl_id"),
      req("mdtrt_id"),
      opt("refd_setl_flag"),
      opt("vali_flag"),
      req("setl_time", "instant"),
      req("updt_time", "instant"),
      req("psn_no"),
      req("insutype"),
      opt("psn_type"),
      req("insu_admdvs"),
      req("fixmedins_code"),
      opt("fix_blng_admdvs"),
      opt("hosp_lv"),
      req("med_type"),
      opt("setl_type"),
      opt("pay_loc"),
      opt("clr_way"),
      opt("begndate", "date"),
      opt("enddate", "date"),
      opt("ipt_days", "int"),
      opt("mid_setl_flag"),
      opt("cal_ipt_cnt"),
      opt("dise_no"),
      ...AMOUNT_FIELDS.map((name) =>
        REQUIRED_AMOUNTS.has(name) ? req(name, "amount") : opt(name, "amount"),
      ),
    ],
  },
  "fund-entry": {
    name: "fund-entry",
    topic: "fund.entry",
    record: "FundEntry",
    key: ["entry_id"],
    fields: [
      req("entry_id"),
      req("fund"),
      req("admdvs"),
      req("kind"),
      req("subject"),
      req("amount", "amount"),
      req("book_date", "date"),
      opt("insurance"),
      opt("group"),
      opt("beneficiaries", "int"),
      req("updt_time", "instant"),
    ],
  },
  enrolment: {
    name: "enrolment",
    topic: "fund.enrolment",
    record: "Enrolment",
    key: ["as_of", "admdvs", "insurance", "group", "sex"],
    fields: [
      req("as_of", "date"),
      req("admdvs"),
      req("insurance"),
      opt("group"),
      opt("sex"),
      req("persons", "int"),
      opt("paid_persons", "int"),
      opt("target_persons", "int"),
      req("updt_time", "instant"),
    ],
  },
  "dip-result": {
    name: "dip-result",
    topic: "fund.dip-result",
    record: "DipResult",
    key: ["result_id"],
    fields: [
      req("result_id"),
      req("fixmedins_code"),
      req("insurance"),
      req("settled_month"),
      req("cases", "int"),
      req("fee_for_service_amount", "amount"),
      req("dip_amount", "amount"),
      opt("deposit_rate", "rate"),
      req("updt_time", "instant"),
    ],
  },
  facility: {
    name: "facility",
    topic: "fund.facility",
    record: "Facility",
    key: ["fixmedins_code", "valid_from"],
    fields: [
      req("fixmedins_code"),
      req("admdvs"),
      opt("name"),
      opt("hosp_lv"),
      opt("tier"),
      opt("ownership"),
      opt("kind"),
      opt("parent_code"),
      opt("valid_from", "date"),
      opt("valid_to", "date"),
      opt("display_order", "int"),
      opt("updt_time", "instant"),
    ],
  },
  "reported-fact": {
    name: "reported-fact",
    topic: "fund.reported-fact",
    record: "ReportedFact",
    key: ["fact_id"],
    fields: [
      req("fact_id"),
      req("indicator"),
      req("period"),
      req("admdvs"),
      opt("dimensions", "map"),
      req("value", "decimal"),
      req("unit"),
      opt("reported_by"),
      req("updt_time", "instant"),
    ],
  },
};

/** Avro schema of a stream as our own writers produce it (docs/specification.md#types). */
export function avroSchema(stream: StreamName): object {
  return schemaOf(STREAMS[stream], STREAMS[stream].fields);
}

/** Schemas of streams before they had all their present fields: values written with them are known by name. */
export const EARLIER_AVRO_SCHEMAS: readonly object[] = [
  schemaOf(
    STREAMS.settlement,
    STREAMS.settlement.fields.filter((f) => f.name !== "cal_ipt_cnt"),
  ),
];

function schemaOf(spec: StreamSpec, fields: readonly Field[]): object {
  const types: Record<FieldType, unknown> = {
    string: "string",
    instant: { type: "long", logicalType: "timestamp-millis" },
    date: { type: "int", logicalType: "date" },
    int: "int",
    amount: { type: "bytes", logicalType: "decimal", precision: 16, scale: 2 },
    rate: { type: "bytes", logicalType: "decimal", precision: 9, scale: 6 },
    decimal: "string",
    map: { type: "map", values: "string" },
  };
  return {
    type: "record",
    name: spec.record,
    namespace: AVRO_NAMESPACE,
    fields: fields.map((f) =>
      f.required
        ? { name: f.name, type: types[f.type] }
        : { name: f.name, type: ["null", types[f.type]], default: null },
    ),
  };
}
