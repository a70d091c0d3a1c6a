import { LedgerBench } from "./ledger-bench.js";

// A county whose facilities move out of it and back: what they settled is withdrawn, and stands again.

export const HERE = "620725";
export const THERE = "620702";
export const at = (day: string, hour = 10): string => `${day}T${String(hour).padStart(2, "0")}:00:00+08:00`;

/** A bill of a person insured elsewhere: allowed only while its facility lies here. */
export const bill = (id: string, facility: string, yuan: string, updated: string, more: object = {}) => ({
  setl_id: id,
  mdtrt_id: `V${id}`,
  setl_time: at("2024-03-05"),
  updt_time: updated,
  psn_no: "P1",
  insutype: "390",
  psn_type: "1501",
  insu_admdvs: THERE,
  fixmedins_code: facility,
  med_type: "11",
  medfee_sumamt: yuan,
  hifp_pay: yuan,
  fund_pay_sumamt: yuan,
  ...more,
});

let clock = 0;
/** A facility's later version. */
export const facility = (code: string, admdvs: string, more: object = {}): object => ({
  fixmedins_code: code,
  admdvs,
  updt_time: new Date(Date.UTC(2024, 0, 1) + 1000 * ++clock).toISOString(),
  ...more,
});

/** Works on a state of its own. */
export async function bench<T>(
  work: (bench: LedgerBench) => Promise<T>,
  refunds?: "original-period",
): Promise<T> {
  const d = new LedgerBench(refunds);
  try {
    return await work(d);
  } finally {
    d.remove();
  }
}
