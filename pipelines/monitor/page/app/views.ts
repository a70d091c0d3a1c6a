import type { ComponentType } from "preact";
import type { PickerName } from "../parts/pickers.js";
import type { Key } from "../text/text.js";
import { Alerts } from "../views/alerts.js";
import { Dip } from "../views/dip.js";
import { Facilities } from "../views/facilities.js";
import { Facility } from "../views/facility.js";
import { Flow, FlowMeasure } from "../views/flow.js";
import { Funds } from "../views/funds.js";
import { Inpatient } from "../views/inpatient.js";
import { Outpatient } from "../views/outpatient.js";
import { Overview } from "../views/overview.js";
import { Pace, PaceFund } from "../views/pace.js";
import { Quality } from "../views/quality.js";
import { Query } from "../views/query.js";
import { Relief } from "../views/relief.js";
import { Reports } from "../views/reports.js";
import { RestatedPeriod, Restatements } from "../views/restatements.js";
import { Structure } from "../views/structure.js";

/** A view: its address, its place in the menu, the pickers that mean something on it. */
export interface View {
  readonly path: string;
  readonly title: Key;
  readonly group: "whole" | "business" | "data";
  readonly pickers: readonly PickerName[];
  /** Further choices in the head. */
  readonly extra?: ComponentType;
  readonly body: ComponentType<{ code?: string }>;
}

const ALL: readonly PickerName[] = ["period", "insurance", "district", "compare", "yoy"];

export const VIEW_LIST: readonly View[] = [
  {
    path: "/",
    title: "nav.overview",
    group: "whole",
    pickers: ["period", "district", "yoy"],
    body: Overview,
  },
  {
    path: "/pace",
    title: "nav.pace",
    group: "whole",
    pickers: ["period", "district", "yoy"],
    extra: PaceFund,
    body: Pace,
  },
  { path: "/alerts", title: "nav.alerts", group: "whole", pickers: [], body: Alerts },
  { path: "/inpatient", title: "nav.inpatient", group: "business", pickers: ALL, body: Inpatient },
  { path: "/flow", title: "nav.flow", group: "business", pickers: ALL, extra: FlowMeasure, body: Flow },
  { path: "/outpatient", title: "nav.outpatient", group: "business", pickers: ALL, body: Outpatient },
  { path: "/facilities", title: "nav.facilities", group: "business", pickers: ALL, body: Facilities },
  { path: "/structure", title: "nav.structure", group: "business", pickers: ALL, body: Structure },
  { path: "/relief", title: "nav.relief", group: "business", pickers: ALL, body: Relief },
  { path: "/dip", title: "nav.dip", group: "business", pickers: ALL, body: Dip },
  { path: "/funds", title: "nav.funds", group: "business", pickers: ALL, body: Funds },
  { path: "/quality", title: "nav.quality", group: "data", pickers: [], body: Quality },
  {
    path: "/restatements",
    title: "nav.restatements",
    group: "data",
    pickers: [],
    extra: RestatedPeriod,
    body: Restatements,
  },
  { path: "/reports", title: "nav.reports", group: "data", pickers: [], body: Reports },
  { path: "/query", title: "nav.query", group: "data", pickers: [], body: Query },
];

const FACILITY: View = {
  path: "/facilities",
  title: "nav.facilities",
  group: "business",
  pickers: ["period", "insurance", "yoy"],
  body: Facility,
};

/** The view of a path; `/facilities/<code>` is one facility. */
export function viewOf(path: string): { view: View; code?: string } | null {
  const clean = path.replace(/\/+$/, "") || "/";
  const code = /^\/facilities\/([^/]+)$/.exec(clean)?.[1];
  if (code) return { view: FACILITY, code: decodeURIComponent(code) };
  const view = VIEW_LIST.find((v) => v.path === clean);
  return view ? { view } : null;
}
