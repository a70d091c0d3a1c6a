import { beforeAll, describe, expect, test } from "vitest";
import type { PeriodFigures } from "../../../pipelines/audit/printed.js";
import { drainedFolder } from "../../support/printed.js";
import { figuresOf, textOf } from "./documents.js";
import { injections } from "./inject.js";

/** How many numbers of each text are spoiled: `INJECTIONS=1000` for the whole measure. */
const COUNT = Number(process.env.INJECTIONS ?? 40);

/**
 * The honest measure of reading by evidence: one number of a clean text is spoiled at a time (two digits swapped,
 * one dropped, one changed), and the whole text is audited again.
 */
describe.each([
  ["shandan-2024h1", "2024H1"],
  ["huining-2024q1", "2024Q1"],
])("%s", (name, period) => {
  let figures: PeriodFigures;
  beforeAll(async () => {
    figures = await figuresOf(await drainedFolder(name), period);
  }, 300_000);

  test("a spoiled number is found with the right correction, and takes no right one with it", () => {
    const result = injections(textOf(name), figures, COUNT, 1);
    console.log(name, JSON.stringify(result));
    expect(result.neighbours).toBe(0);
    expect(result.boundElsewhere).toBeLessThanOrEqual(0.03 * result.spoiled);
    expect(result.corrected).toBeGreaterThanOrEqual(0.85 * (result.spoiled - result.alike));
  }, 7_200_000);
});
