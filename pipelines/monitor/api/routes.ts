import { alertsRoute } from "./alerts.js";
import { inpatientRoute, outpatientRoute } from "./care.js";
import { catalogueRoute } from "./catalogue.js";
import { dipRoute } from "./dip.js";
import { explainRoute } from "./explain.js";
import { facilitiesRoute } from "./facilities.js";
import { facilityRoute } from "./facility.js";
import { figuresRoute } from "./figures.js";
import { flowRoute } from "./flow.js";
import { fundsRoute } from "./funds.js";
import { overviewRoute } from "./overview.js";
import { paceRoute } from "./pace.js";
import { qualityRoute } from "./quality.js";
import { reliefRoute } from "./relief.js";
import { reportsRoute } from "./reports.js";
import { restatementsRoute } from "./restatements.js";
import type { Route } from "./route.js";
import { structureRoute } from "./structure.js";
import { trustRoute } from "./trust.js";

/** Every JSON answer that is read from the published file. */
export const ROUTES: readonly Route[] = [
  trustRoute,
  figuresRoute,
  catalogueRoute,
  overviewRoute,
  paceRoute,
  inpatientRoute,
  flowRoute,
  outpatientRoute,
  facilitiesRoute,
  facilityRoute,
  structureRoute,
  reliefRoute,
  dipRoute,
  fundsRoute,
  qualityRoute,
  restatementsRoute,
  alertsRoute,
  reportsRoute,
  explainRoute,
];
