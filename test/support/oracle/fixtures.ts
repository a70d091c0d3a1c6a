import { type Config, configSchema } from "../../../schemas/config/schema.js";
import { recount } from "./recount.js";
import type { Arrival, OracleCategory, Plain, Recount, RecountOptions } from "./types.js";

/** A county configuration with the given changes. */
export function testConfig(changes: Record<string, unknown> = {}): Config {
  return configSchema.parse({
    jurisdiction: { name: "山丹县", admdvs: "620725", level: "county" },
    source: { kind: "folder" },
    privacy: { personKey: "test key" },
    ...changes,
  });
}

export const CATEGORIES: readonly OracleCategory[] = [
  { med_type: "21", category: "普通住院", care: "inpatient" },
  { med_type: "21", dise_no: "D1", category: "单病种住院", care: "inpatient", parent: "普通住院" },
  { med_type: "21", dise_no: "D1", insurance: "resident", category: "居民单病种", care: "inpatient" },
  { med_type: "21", insurance: "maternity", category: "生育住院", care: "maternity" },
  { med_type: "11", category: "普通门诊", care: "outpatient" },
];

export const FACILITIES: readonly Plain[] = [
  { fixmedins_code: "H1", admdvs: "620725", hosp_lv: "05", ownership: "public", kind: "hospital" },
  { fixmedins_code: "H2", admdvs: "620702", hosp_lv: "01", ownership: "public", kind: "hospital" },
];

let serial = 0;

/** An arrival in partition 0 at the next position. */
export function arrive(stream: Arrival["stream"], record: Plain): Arrival {
  return { stream, record, source: "test", partition: "0", position: serial++ };
}

/** An outpatient settlement of 100 yuan, 60 of them from the pool, with the given changes. */
export function bill(changes: Plain = {}): Plain {
  return {
    setl_id: "S1",
    mdtrt_id: "V1",
    setl_time: "2024-03-10T10:00:00+08:00",
    updt_time: "2024-03-10T10:00:00+08:00",
    psn_no: "P1",
    insutype: "390",
    psn_type: "1501",
    insu_admdvs: "620725",
    fixmedins_code: "H1",
    med_type: "11",
    medfee_sumamt: "100.00",
    inscp_scp_amt: "80.00",
    hifp_pay: "60.00",
    fund_pay_sumamt: "60.00",
    psn_cash_pay: "40.00",
    ...changes,
  };
}

/** The refund of all of `bill()`. */
export function refund(changes: Plain = {}): Plain {
  return bill({
    setl_id: "R1",
    init_setl_id: "S1",
    medfee_sumamt: "-100.00",
    inscp_scp_amt: "-80.00",
    hifp_pay: "-60.00",
    fund_pay_sumamt: "-60.00",
    psn_cash_pay: "-40.00",
    ...changes,
  });
}

/** Recount of settlements (and of facility versions, given as arrivals) in a small world. */
export function count(records: readonly (Plain | Arrival)[], options: Partial<RecountOptions> = {}): Recount {
  const arrivals = records.map((r) => ("stream" in r ? (r as Arrival) : arrive("settlement", r as Plain)));
  return recount(arrivals, {
    config: testConfig(),
    now: Date.parse("2025-01-01T00:00:00Z"),
    facilities: FACILITIES,
    categories: CATEGORIES,
    ...options,
  });
}
