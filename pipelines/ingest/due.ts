import { FUTURE_TOLERANCE_MS } from "../../aggregations/settlement/validate.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { EpochMs } from "../../schemas/units.js";

/** When a record from the future can be validated again; null for every other reason. */
export function dueOf(rejection: Rejection, latest: EpochMs): EpochMs | null {
  return rejection.reason === "future_time" && Number.isFinite(latest) ? latest - FUTURE_TOLERANCE_MS : null;
}
