import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { namedEvents } from "../../../aggregations/simulate/named.js";
import { shandan } from "../../../aggregations/simulate/shandan.js";
import { type Filter, type Measure, printed, total } from "./printed.js";
import { type Recount, recount } from "./recount.js";

type Row = Readonly<Record<string, string | null>>;
interface Table {
  readonly id: string;
  readonly insurance: string;
  readonly columns: readonly { readonly key: string }[];
  readonly rows: readonly Row[];
}
const truth = JSON.parse(
  readFileSync(new URL("../../golden/shandan-2024h1.json", import.meta.url), "utf8"),
) as { tables: Table[] };

const profile = shandan();
let counted: Recount;
beforeAll(() => {
  counted = recount(namedEvents(profile, 1), profile);
});

const REGION: Readonly<Record<string, string>> = {
  县内住院: "county",
  市内住院: "city",
  省内异地住院: "province",
  跨省异地住院: "national",
};
const TIER: Readonly<Record<string, string>> = {
  三级医疗机构: "3",
  二级医疗机构: "2",
  一级医疗机构: "1",
  未定级医疗机构: "0",
};
const codeOf = (token: string): string[] =>
  profile.facilities.filter((f) => f.tokens.includes(token)).map((f) => f.code);

const REIMBURSED: readonly Measure[] = ["hifp_pay", "hifmi_pay", "hifob_pay", "maf_pay"];
interface Ratio {
  readonly top: readonly Measure[];
  readonly bottom?: readonly Measure[];
  /** Printed = top / bottom × scale[0] / scale[1]. */
  readonly scale: readonly [bigint, bigint];
}
const WAN = [1n, 1_000_000n] as const;
const BASES: Readonly<Record<string, Ratio>> = {
  visits: { top: ["visits"], scale: [1n, 1n] },
  heads: { top: ["persons"], scale: [1n, 1n] },
  bed_days: { top: ["bed_days"], scale: [1n, 1n] },
  fee_total_wan: { top: ["medfee_sumamt"], scale: WAN },
  in_scope_fee_wan: { top: ["inscp_scp_amt"], scale: WAN },
  basic_paid_wan: { top: ["hifp_pay"], scale: WAN },
  pooled_paid_wan: { top: ["hifp_pay"], scale: WAN },
  critical_paid_wan: { top: ["hifmi_pay"], scale: WAN },
  large_paid_wan: { top: ["hifob_pay"], scale: WAN },
  aid_paid_wan: { top: ["maf_pay"], scale: WAN },
  reimb_total_wan: { top: REIMBURSED, scale: WAN },
  fund_spend_wan: { top: ["hifp_pay", "hifob_pay", "acct_pay"], scale: WAN },
  avg_fee_yuan: { top: ["medfee_sumamt"], bottom: ["visits"], scale: [1n, 100n] },
  avg_bed_days: { top: ["bed_days"], bottom: ["visits"], scale: [1n, 1n] },
  visits_per_head: { top: ["visits"], bottom: ["persons"], scale: [1n, 1n] },
  reimb_rate_actual_pct: { top: REIMBURSED, bottom: ["medfee_sumamt"], scale: [100n, 1n] },
  reimb_rate_in_scope_pct: { top: REIMBURSED, bottom: ["inscp_scp_amt"], scale: [100n, 1n] },
  actual_comp_rate_pct: { top: ["hifp_pay"], bottom: ["medfee_sumamt"], scale: [100n, 1n] },
};

/** This employee table prints the whole reimbursement under 基本段. */
function baseOf(key: string, insurance: string): Ratio | undefined {
  if (key !== "base_comp_rate_pct") return BASES[key];
  return {
    top: insurance === "employee" ? REIMBURSED : ["hifp_pay"],
    bottom: ["medfee_sumamt"],
    scale: [100n, 1n],
  };
}

type Fraction = readonly [bigint, bigint];
function figure(ratio: Ratio, year: number, filter: Filter): Fraction {
  const top = total(counted, ratio.top, year, filter) * ratio.scale[0];
  const bottom = (ratio.bottom ? total(counted, ratio.bottom, year, filter) : 1n) * ratio.scale[1];
  return bottom === 0n ? [0n, 1n] : [top, bottom];
}

function filterOf(table: Table, row: Row): Filter {
  const category = table.id.includes("chronic") ? "门诊慢特病" : "普通住院";
  const filter: Filter = { insurance: table.insurance };
  if (row.category !== undefined)
    return row.category === "合计" ? filter : { ...filter, category: row.category! };
  filter.category = category;
  if (row.region && row.region !== "合计") filter.region = REGION[row.region];
  if (row.tier && row.tier !== "合计") filter.tier = TIER[row.tier];
  if (row._group)
    filter.facility = codeOf(row._facility_id ?? (row._group === "in_county" ? "county" : row._group));
  return filter;
}

/** The computed text of a cell, or null where no settlement gives it. */
function cellText(table: Table, row: Row, key: string): string | null {
  const filter = filterOf(table, row);
  const decimals = row[key]?.split(".")[1]?.length ?? 0;
  if (row.category === "生育津贴") return null;
  if (key === "insured" || key === "hospitalization_rate_pct") {
    const people = BigInt(counted.enrolled.get(`19904 ${table.insurance} all`)!);
    if (key === "insured") return String(people);
    return printed(total(counted, ["visits"], 2024, filter) * 100n, people, decimals);
  }
  if (key === "share_pct") {
    return printed(
      total(counted, ["visits"], 2024, filter) * 100n,
      total(counted, ["visits"], 2024, { insurance: table.insurance, category: "普通住院" }),
      decimals,
    );
  }
  const form = /_(prev|delta|yoy)(?=_|$)/.exec(key)?.[1];
  const plain = key.replace(/_(prev|delta|yoy)(?=_|$)/, "");
  const base =
    baseOf(plain, table.insurance) ??
    baseOf(plain.replace(/_pct$/, ""), table.insurance) ??
    baseOf(plain.replace(/_pct$/, "_yuan"), table.insurance) ??
    baseOf(plain.replace(/_pp$/, "_pct"), table.insurance);
  if (!base) return null;
  const [n, d] = figure(base, 2024, filter);
  // The total of the employees' structure holds the maternity allowance, which is no settlement.
  const allowance = table.insurance === "employee" && row.category === "合计" ? 83_600_000n : 0n;
  if (!form) return printed(n + allowance, d, decimals);
  const [pn, pd] = figure(base, 2023, filter);
  if (form === "prev") return printed(pn, pd, decimals);
  if (form === "delta") return printed(n * pd - pn * d, d * pd, decimals);
  if (pn === 0n) return n === 0n ? "0.00" : "100.00";
  return printed((n * pd - pn * d) * 100n, d * pn, decimals);
}

describe("the profile shandan-2024h1", () => {
  it("prints every cell of the settlement tables, but for the errors of the print itself", () => {
    const differing: string[] = [];
    let compared = 0;
    for (const table of truth.tables) {
      if (table.id.includes("dip")) continue;
      for (const row of table.rows) {
        for (const { key } of table.columns) {
          const text = row[key];
          if (text === null || text === undefined || ["category", "region", "tier", "facility"].includes(key))
            continue;
          const computed = cellText(table, row, key);
          if (computed === null) continue;
          compared++;
          if (computed !== text)
            differing.push(
              `${table.id} ${row._facility_id ?? row[table.columns[0].key]} ${key} ${text} ${computed}`,
            );
        }
      }
    }
    expect(compared).toBeGreaterThan(700);
    // 霍城 2023: one stay in the visits table, none in the others, though their subtotals hold it.
    expect(differing).toEqual([
      "employee.inpatient.by_facility.visits huocheng visits_yoy_pct 100.00 0.00",
      "employee.inpatient.by_facility.avg_fee huocheng avg_fee_prev_yuan 0.00 1651.54",
      "employee.inpatient.by_facility.avg_fee huocheng avg_fee_delta_yuan 185.43 -1466.11",
      "employee.inpatient.by_facility.avg_fee huocheng avg_fee_yoy_pct 100.00 -88.77",
      expect.stringMatching(
        /^employee.inpatient.by_facility.base_comp huocheng base_comp_rate_prev_pct 0.00 62.\d\d$/,
      ),
      expect.stringMatching(
        /^employee.inpatient.by_facility.base_comp huocheng base_comp_rate_delta_pp 8.77 -53.\d\d$/,
      ),
    ]);
  });

  it("counts the heads of the county alike with and without people in two hospitals", () => {
    for (const insurance of ["resident", "employee"]) {
      const base: Filter = { insurance, category: "普通住院" };
      const rows = codeOf("county").map((facility) =>
        total(counted, ["persons"], 2024, { ...base, facility }),
      );
      expect(rows.reduce((a, b) => a + b, 0n)).toBe(
        total(counted, ["persons"], 2024, { ...base, facility: codeOf("county") }),
      );
    }
  });

  it("gives the figures that stand only in the prose", () => {
    const wan = (measures: readonly Measure[], year: number, filter: Filter): string =>
      printed(total(counted, measures, year, filter), 1_000_000n, 2);
    expect(wan(["medfee_sumamt"], 2023, { insurance: "resident", category: "普通住院" })).toBe("11612.58");
    expect(wan(["medfee_sumamt"], 2023, { insurance: "employee", category: "普通住院" })).toBe("4163.84");
    expect(wan(["hifp_pay"], 2023, { insurance: "resident", category: "门诊慢特病" })).toBe("982.56");
    expect(wan(["hifp_pay"], 2023, { insurance: "resident", category: "普通门诊" })).toBe("651.95");
    expect(wan(["acct_pay"], 2023, { insurance: "employee", category: "个人账户" })).toBe("2665.81");
    expect(wan(["hifp_pay"], 2023, { insurance: "employee", category: "门诊慢特病" })).toBe("550.90");
    expect(total(counted, ["visits"], 2023, { insurance: "employee", category: "门诊慢特病" })).toBe(19_078n);
    expect(wan(["hifp_pay"], 2024, { insurance: "resident", care: "inpatient" })).toBe("6491.71");
    expect(wan(["maf_pay"], 2024, { care: "inpatient" })).toBe("668.34");
    expect(wan(["maf_pay"], 2024, { category: "门诊慢特病" })).toBe("166.85");
  });

  it("holds noise of every kind", () => {
    for (const kind of [
      "rejected",
      "duplicates",
      "corrections",
      "refunds",
      "voided",
      "held",
      "midStays",
      "inbound",
    ] as const) {
      expect(counted[kind], kind).toBeGreaterThan(30);
    }
  });
});
