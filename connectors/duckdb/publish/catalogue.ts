import type { Config } from "../../../schemas/config/schema.js";
import { INDICATORS } from "../../../schemas/indicators.js";
import { INSURANCE_LABELS } from "../../../schemas/labels.js";
import { MEASURES, type MeasureName } from "../../../schemas/measures.js";
import { ALERT_TABLES } from "../../../schemas/published/alerts.js";
import { CATALOGUE_TABLES, CATALOGUE_VIEWS } from "../../../schemas/published/catalogue.js";
import { CLOSED_TABLES } from "../../../schemas/published/closed.js";
import { QUALITY_FACILITY } from "../../../schemas/published/completeness.js";
import type { Definition } from "../../../schemas/published/definition.js";
import { DIM_PERIOD_VIEW, PLAIN_TABLES } from "../../../schemas/published/reference.js";
import { STORE_TABLES } from "../../../schemas/published/store.js";
import { reportDefinitions } from "../reports/definitions.js";
import { summaryDefinitions } from "../reports/summary.js";
import { CELL_VIEW } from "../views/cell.js";
import { INDICATOR_TABLE, INDICATORS_VIEW, SHAPE_TABLE } from "../views/indicators.js";
import { CLOSED_PERIOD_VIEW, RESTATEMENT_CAUSE_VIEW, RESTATEMENT_VIEW } from "../views/restatement.js";
import { WIDE_VIEWS } from "../views/wide.js";

/** Everything that stands in the published database, in the order in which it can be made. */
export function definitions(config: Config): readonly Definition[] {
  return [
    ...STORE_TABLES,
    ...CLOSED_TABLES,
    INDICATOR_TABLE,
    SHAPE_TABLE,
    ...PLAIN_TABLES,
    ...ALERT_TABLES,
    ...CATALOGUE_TABLES,
    ...CATALOGUE_VIEWS,
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
    const label = (name: string): string => INSURANCE_LABELS.find((l) => l.value === name)?.zh ?? name;
    return Object.entries(config.benefit)
      .map(([name, parts]) => `${label(name)}：${zh(parts)}`)
      .join("；");
  }
  return INDICATORS.find((i) => i.name === name)?.formula ?? "";
}
