import type { Readings } from "./types.js";

/** The readings that fundpulse follows where the contract leaves a corner open. */
export const READINGS: Readings = {
  insuredElsewhereTreatedUnknown: "with-flow",
  refundOutsideAtOriginalTime: "own-time",
  latestDay: "effective",
  stayEndsBeforeItBegins: "one-day",
};
