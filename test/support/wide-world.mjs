import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const DAY = 86_400_000;
const pad = (n, width = 2) => String(n).padStart(width, "0");
const KINDS = [
  { med_type: "11", fee: 90, share: 0.5 },
  { med_type: "14", fee: 330, share: 0.65 },
  { med_type: "21", fee: 4200, share: 0.62, days: 7 },
  { med_type: "41", fee: 120, share: 0 },
];
const LEVELS = ["02", "05", "08", "11"];
const FACILITY_KINDS = ["hospital", "hospital", "township", "village", "community"];

/** Divisions of a province: its own code, then counties. */
export const divisionsOf = (districts) =>
  Array.from({ length: districts }, (_, i) => `62${pad(1 + Math.floor(i / 20))}${pad(21 + (i % 20))}`);

export const facilitiesOf = (facilities, districts) => {
  const divisions = divisionsOf(districts);
  return Array.from({ length: facilities }, (_, i) => ({
    fixmedins_code: `H${pad(i, 5)}`,
    name: `第${i + 1}医院`,
    admdvs: divisions[i % divisions.length],
    hosp_lv: LEVELS[i % LEVELS.length],
    ownership: i % 3 === 0 ? "private" : "public",
    kind: FACILITY_KINDS[i % FACILITY_KINDS.length],
  }));
};

/**
 * A workspace of a province: many facilities and divisions, each of both with bills in each month. `bills` a facility
 * and month; amounts follow from the numbers, so equal arguments give equal files.
 */
export function writeWideWorld(dir, { facilities, districts, months, bills, firstYear = 2022, config = {} }) {
  for (const folder of ["inbox", "reference"]) mkdirSync(join(dir, folder), { recursive: true });
  const divisions = divisionsOf(districts);
  const places = facilitiesOf(facilities, districts);
  const csv = (rows) =>
    `${Object.keys(rows[0]).join(",")}\n${rows.map((r) => Object.values(r).join(",")).join("\n")}\n`;
  writeFileSync(join(dir, "reference/facilities.csv"), csv(places));
  writeFileSync(
    join(dir, "reference/divisions.csv"),
    csv(divisions.map((admdvs, i) => ({ admdvs, name: `第${i + 1}县` }))),
  );
  const put = (name, rows) =>
    writeFileSync(join(dir, "inbox", `${name}.ndjson`), rows.map((r) => JSON.stringify(r)).join("\n"));
  for (let m = 0; m < months; m++) {
    const year = firstYear + Math.floor(m / 12);
    const start = Date.UTC(year, m % 12, 1, 1);
    const days = (Date.UTC(year, (m % 12) + 1, 1, 1) - start) / DAY;
    const rows = [];
    for (let f = 0; f < facilities; f++) {
      for (let b = 0; b < bills; b++) {
        const n = (m * facilities + f) * bills + b;
        const kind = KINDS[(f + b) % KINDS.length];
        const at = new Date(start + ((n * 7) % days) * DAY + 8 * 3_600_000);
        const day = at.toISOString().slice(0, 10);
        const fee = kind.fee + (f % 97) + (n % 13);
        const paid = Math.floor(fee * kind.share * 100) / 100;
        const employee = n % 3 === 0;
        const rest = (fee - paid).toFixed(2);
        rows.push({
          setl_id: `W${n}`,
          mdtrt_id: `V${n}`,
          setl_time: `${day} 10:00:00`,
          updt_time: `${day} 10:00:00`,
          psn_no: `P${(n * 31) % (facilities * 12)}`,
          insutype: employee ? "310" : "390",
          insu_admdvs: divisions[(f + b * 7) % divisions.length],
          fixmedins_code: places[f].fixmedins_code,
          med_type: kind.med_type,
          medfee_sumamt: fee.toFixed(2),
          inscp_scp_amt: (kind.share === 0 ? 0 : fee).toFixed(2),
          hifp_pay: paid.toFixed(2),
          fund_pay_sumamt: paid.toFixed(2),
          acct_pay: employee ? rest : "0.00",
          psn_cash_pay: employee ? "0.00" : rest,
          ...(kind.days
            ? { begndate: new Date(at - kind.days * DAY).toISOString().slice(0, 10), enddate: day }
            : {}),
        });
      }
    }
    put(`settlement-${pad(m, 3)}`, rows);
  }
  const dip = [];
  const books = [];
  const enrolled = [];
  for (let y = 0; y < Math.ceil(months / 12); y++) {
    const year = firstYear + y;
    for (const [i, admdvs] of divisions.entries()) {
      for (const insurance of ["employee", "resident"]) {
        const persons = 20_000 + i;
        enrolled.push({
          as_of: `${year}-01-01`,
          ...{ admdvs, insurance, persons, paid_persons: persons, target_persons: persons },
          updt_time: `${year}-01-02 00:00:00`,
        });
        const fund = insurance === "employee" ? "employee_pool" : "resident";
        for (const kind of ["budget_expense", "budget_income", "opening_balance", "income", "expense"]) {
          books.push({
            entry_id: `${year}-${admdvs}-${fund}-${kind}`,
            ...{ fund, admdvs, kind, subject: kind === "income" ? "levy" : "benefit" },
            amount: String(facilities * bills * (kind === "budget_expense" ? 40 : 60)),
            book_date: `${year}-01-15`,
            updt_time: `${year}-01-16 00:00:00`,
          });
        }
      }
    }
  }
  for (let m = 0; m < months; m++) {
    const year = firstYear + Math.floor(m / 12);
    for (let f = 0; f < facilities; f += 2) {
      dip.push({
        result_id: `D${m}-${f}`,
        fixmedins_code: places[f].fixmedins_code,
        insurance: "resident",
        settled_month: `${year}-${pad(1 + (m % 12))}`,
        ...{ cases: 5, fee_for_service_amount: String(20_000 + f), dip_amount: String(19_000 + f) },
        updt_time: `${year}-12-31 00:00:00`,
      });
    }
  }
  put("fund-entry-1", books);
  put("enrolment-1", enrolled);
  put("dip-result-1", dip);
  const whole = {
    jurisdiction: { name: "某省", admdvs: "620000", level: "province" },
    source: { kind: "folder", path: "inbox" },
    periods: { firstDay: `${firstYear}-01-01` },
    privacy: { personKey: "a key of the tests" },
    ...config,
  };
  writeFileSync(join(dir, "fundpulse.yaml"), JSON.stringify(whole));
  return join(dir, "fundpulse.yaml");
}
