import type { PrintedReport } from "../../../pipelines/audit/wording/report.js";
import type { Bill } from "./bills.js";
import { AWAY, E, HOME, R } from "./city.js";
import { categoryTables } from "./city-tables-categories.js";
import { crossedTables } from "./city-tables-crossed.js";
import { facilityTables } from "./city-tables-facilities.js";
import { otherTables } from "./city-tables-others.js";
import { placeTables } from "./city-tables-places.js";
import { EventWriter, Paper, type Where } from "./paper.js";

/** The quarter as the city prints it. */
export function cityReport(bills: readonly Bill[]): PrintedReport {
  const p = new Paper(bills, 2024, new EventWriter("half-up"));
  for (const tables of [placeTables, facilityTables, crossedTables, categoryTables, otherTables]) tables(p);
  sentences(p);
  return {
    title: "江陵市2024年二季度医保基金运行分析",
    period: { from: "2024-04-01", to: "2024-06-30" },
    facilities: [
      { id: "a", group: "tertiary", names: ["江陵市第一人民医院", "市一医院"] },
      { id: "d", group: "tertiary", names: ["江陵市中心医院", "市中心医院"] },
      { id: "b", group: "secondary", names: ["西城区人民医院"] },
      { id: "c", group: "secondary", names: ["河口县人民医院"] },
    ],
    tables: p.tables,
    statements: p.statements,
    // This bureau's 报销合计 holds the civil servants' aid.
    indicators: [{ id: "reimb_total", formula: "basic_paid + large_paid + aid_paid + civil_servant_paid" }],
    inconsistencies: [],
  };
}

function sentences(p: Paper): void {
  const { writer } = p;
  const visits = (where: Where): string => String(p.of(where).visits);
  const dims = (more: Record<string, string>) => ({ dims: { insurance: "resident", ...more } });
  p.say(
    "resident.inpatient.tertiary",
    { visits: visits({ ...R, tier: "3" }) },
    { ...dims({ tier: "三级" }), text: "三级医院住院" },
  );
  p.say(
    "employee.inpatient.retired",
    { visits: visits({ ...E, personKind: "retired" }) },
    { text: "退休人员住院" },
  );
  p.say(
    "employee.outpatient_pooling.total",
    { visits: visits({ insurance: "employee", category: "门诊统筹" }) },
    { text: "职工门诊统筹" },
  );
  const general = p.of({ insurance: "resident", category: "门诊统筹" });
  p.say(
    "resident.outpatient.general",
    { visits: String(general.visits), fee_total_wan: writer.wan(general.fee) },
    { text: "居民门诊统筹" },
  );
  p.say(
    "resident.inpatient.out_of_city",
    { visits: visits({ ...R, region: AWAY }) },
    { ...dims({ region: "市外" }), text: "市外住院" },
  );
  const rehab = p.of({ ...R, category: "康复住院" });
  p.say(
    "resident.inpatient.rehab",
    { visits: String(rehab.visits), pool_paid_wan: writer.wan(rehab.pool) },
    dims({ category: "康复住院" }),
  );
  // No category has this name.
  p.say(
    "resident.inpatient.emergency",
    { visits: visits({ insurance: "resident", category: "急诊抢救" }) },
    dims({ category: "急诊留观" }),
  );
  p.say("resident.inpatient.nonlocal", { visits: visits({ ...R, region: AWAY }) }, { text: "异地住院" });
  const home = p.of({ ...R, region: HOME });
  p.say(
    "resident.inpatient.in_city",
    { visits: String(home.visits), heads: String(home.heads) },
    { text: "市内住院" },
  );
  const [now, before] = [p.of(R), p.of(R, 2023)];
  const growth = writer.growth(now.visits, before.visits);
  p.say(
    "resident.inpatient.change",
    { visits_yoy_pct: growth.replace("-", ""), avg_fee_yuan: writer.yuan(now.fee, now.visits) },
    { directions: { visits_yoy_pct: growth.startsWith("-") ? "down" : "up" } },
  );
  p.say(
    "district.inpatient.hekou",
    { visits: visits({ care: "inpatient", district: "430621" }) },
    { dims: { district: "河口县" } },
  );
}
