import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { huining } from "../../../pipelines/simulate/huining.js";
import { namedEvents } from "../../../pipelines/simulate/named.js";
import { AMOUNT_INDEX } from "../../../schemas/input/settlement.js";
import { type Filter, type Measure, printed, total } from "./printed.js";
import { type Recount, recount } from "./recount.js";

type Row = Readonly<Record<string, string | null>>;
interface Table {
  readonly id: string;
  readonly insurance: string;
  readonly origin: string;
  readonly columns: readonly { readonly key: string }[];
  readonly rows: readonly Row[];
}
const truth = JSON.parse(
  readFileSync(new URL("../../golden/huining-2024q1.json", import.meta.url), "utf8"),
) as { tables: Table[] };

const profile = huining();
let counted: Recount;
beforeAll(() => {
  counted = recount(namedEvents(profile, 1), profile);
});

const OUTSIDE = ["city", "province", "national"];
const PLACE: Readonly<Record<string, Filter>> = {
  本地住院: { region: "county" },
  省内: { region: ["city", "province"], channel: "direct" },
  跨省: { region: "national", channel: "direct" },
  个人零星报销: { channel: "manual" },
  直接结算: { channel: "direct" },
  小计: { region: OUTSIDE },
  合计: {},
};
/** 谈判药品 of the employees is a part of their 门诊慢性特殊疾病. */
const CHRONIC = ["门诊慢性特殊疾病", "谈判药品"];

function filterOf(table: Table, row: Row): Filter {
  const insurance = table.insurance;
  if (table.id.endsWith("composition")) {
    if (row.category === "合计") return { insurance };
    const chronic = insurance === "employee" && row.category === "门诊慢性特殊疾病";
    return { insurance, category: chronic ? CHRONIC : row.category! };
  }
  const kind = table.id.split(".")[1];
  const category: Readonly<Record<string, string | readonly string[]>> = {
    inpatient: "住院",
    outpatient_chronic: insurance === "employee" ? CHRONIC : "门诊慢性特殊疾病",
    outpatient_general: "普通门诊",
    two_disease: "门诊“两病”",
    negotiated_drug: "谈判药品",
  };
  return { insurance, category: category[kind], ...PLACE[row.row_label ?? "合计"] };
}

const FUND: readonly Measure[] = ["hifp_pay", "acct_pay"];
const sum = (m: readonly Measure[], f: Filter): bigint => total(counted, m, 2024, f);

function cellText(table: Table, row: Row, key: string): string | null {
  const filter = filterOf(table, row);
  const wan = (m: readonly Measure[], f = filter): string => printed(sum(m, f), 1_000_000n, 2);
  switch (key) {
    case "visits":
      return String(sum(["visits"], filter));
    case "fee_total_wan":
      return wan(["medfee_sumamt"]);
    case "payable_wan":
      return wan(["hifp_pay"]);
    case "fund_paid_wan":
      return wan(FUND);
    case "negotiated_drug_wan":
      return wan(["hifp_pay"], { ...filter, category: "谈判药品" });
    case "reimb_rate_actual_pct":
      return printed(sum(["hifp_pay"], filter) * 100n, sum(["medfee_sumamt"], filter), 2, "cut-off");
    case "share_pct":
      return printed(sum(FUND, filter) * 100n, sum(FUND, { insurance: table.insurance }), 2, "cut-off");
    default:
      return null;
  }
}

/** The notice drops trailing zeros. */
const plain = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

describe("the profile huining-2024q1", () => {
  it("prints every cell of the settlement tables, but for the errors of the print itself", () => {
    const differing: string[] = [];
    let compared = 0;
    for (const table of truth.tables) {
      if (table.origin !== "printed" || table.id === "resident.critical_illness") continue;
      for (const row of table.rows) {
        for (const { key } of table.columns) {
          const text = row[key];
          const computed = text ? cellText(table, row, key) : null;
          if (!text || text === "--" || computed === null) continue;
          compared++;
          if (plain(computed) !== plain(text)) {
            differing.push(`${table.id} ${row.row_label ?? row.category} ${key} ${text} ${computed}`);
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(100);
    expect(differing).toEqual([
      // Rounded where the notice cuts off everywhere else.
      "employee.fund.composition 个人账户 share_pct 21 20.99",
      "employee.inpatient.by_region 合计 reimb_rate_actual_pct 76.89 76.88",
      // Follows from no figure of the notice.
      "resident.fund.composition 普通门诊 share_pct 3.08 4.21",
      "resident.fund.composition 门诊慢性特殊慢病 share_pct 6.17 6.16",
      // The policy's rate, not the actual one.
      "resident.outpatient_general 普通门诊 reimb_rate_actual_pct 50 51.88",
    ]);
  });

  it("gives critical illness, large amounts and aid as the notice does", () => {
    const rows = counted.groups.filter((g) => g.insurance === "resident");
    const of = (name: "withAmount" | "feeWithAmount", field: "hifmi_pay"): number =>
      rows.reduce((n, g) => n + g.sums[name][AMOUNT_INDEX[field]], 0);
    expect(of("withAmount", "hifmi_pay")).toBe(3812);
    expect(printed(BigInt(of("feeWithAmount", "hifmi_pay")), 1_000_000n, 2)).toBe("4046.77");
    expect(printed(sum(["hifmi_pay"], { insurance: "resident" }), 1_000_000n, 2)).toBe("581.10");
    expect(printed(sum(["hifob_pay"], { insurance: "employee", region: "county" }), 1_000_000n, 2)).toBe(
      "5.70",
    );
    expect(printed(sum(["hifob_pay"], { insurance: "employee", channel: "manual" }), 1_000_000n, 2)).toBe(
      "1.20",
    );
    const aid = (care: string): [number, string] => [
      counted.groups
        .filter((g) => g.care === care)
        .reduce((n, g) => n + g.sums.withAmount[AMOUNT_INDEX.maf_pay], 0),
      printed(sum(["maf_pay"], { care }), 1_000_000n, 2),
    ];
    expect(aid("inpatient")).toEqual([22_794, "1500.57"]);
    expect(aid("outpatient")).toEqual([43_898, "309.09"]);
  });

  it("states the insured", () => {
    expect([...counted.enrolled.values()]).toEqual([411_042, 17_325, 6_359]);
  });
});
