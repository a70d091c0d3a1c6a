import type { Readings } from "./types.js";

/** The readings that fundpulse follows in corners of the rules. */
export const READINGS: Readings = {
  insuredElsewhereTreatedUnknown: "with-flow",
  refundOutsideAtOriginalTime: "own-time",
  latestDay: "effective",
  stayEndsBeforeItBegins: "one-day",
};
