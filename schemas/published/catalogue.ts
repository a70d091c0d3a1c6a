import type { Config } from "../config.js";
import { INDICATORS } from "../indicators.js";
import { MEASURES, type MeasureName } from "../measures.js";
import { CELL_VIEW } from "./cell.js";
import { CLOSED_TABLES } from "./closed.js";
import { QUALITY_FACILITY } from "./completeness.js";
import type { Definition } from "./define.js";
import { INDICATOR_TABLE, INDICATORS_VIEW } from "./long.js";
import { DIM_PERIOD_VIEW, PLAIN_TABLES } from "./reference.js";
import { reportDefinitions } from "./report-definitions.js";
import { CLOSED_PERIOD_VIEW, RESTATEMENT_CAUSE_VIEW, RESTATEMENT_VIEW } from "./restated.js";
import { STORE_TABLES } from "./store.js";
import { summaryDefinitions } from "./summary.js";
import { WIDE_VIEWS } from "./wide.js";

/** Everything that stands in the published database, in the order in which it can be made. */
export function definitions(config: Config): readonly Definition[] {
  return [
    ...STORE_TABLES,
    ...CLOSED_TABLES,
    INDICATOR_TABLE,
    ...PLAIN_TABLES,
    CELL_VIEW,
    DIM_PERIOD_VIEW,
    QUALITY_FACILITY,
    INDICATORS_VIEW,
    RESTATEMENT_VIEW,
    RESTATEMENT_CAUSE_VIEW,
    CLOSED_PERIOD_VIEW,
    ...WIDE_VIEWS,
    ...reportDefinitions(config),
    ...summaryDefinitions(config),
  ];
}

/** Formula of an indicator in words; that of configurable sums names their components. */
export function formulaOf(name: string, config: Config): string {
  const zh = (parts: readonly string[]): string =>
    parts.map((p) => MEASURES.find((m) => m.name === (p as MeasureName))!.zh).join(" + ");
  if (name === "reimbursed") return zh(config.reimbursed);
  if (name === "benefit_paid") {
    return `居民：${zh(config.benefit.resident)}；职工：${zh(config.benefit.employee)}；生育：${zh(config.benefit.maternity)}`;
  }
  return INDICATORS.find((i) => i.name === name)?.formula ?? "";
}
