import { expect, test } from "vitest";
import { pauseAfter } from "../../../pipelines/publish/pause.js";

test("no pause while the thread has time to spare, the publish's own time when it has none", () => {
  expect(pauseAfter({ ms: 800, busy: 0.2 })).toBe(0);
  expect(pauseAfter({ ms: 800, busy: 0.7 })).toBe(0);
  expect(pauseAfter({ ms: 800, busy: 0.8 })).toBeCloseTo(400);
  expect(pauseAfter({ ms: 800, busy: 0.95 })).toBe(800);
  expect(pauseAfter({ ms: 800, busy: 1 })).toBe(800);
});

test("reading keeps 70 % of its rate: what a publish takes from it is given back by the pause", () => {
  for (const busy of [0.9, 0.95, 1]) {
    const pause = pauseAfter({ ms: 1000, busy });
    const kept = (0.4 * 1000 + pause) / (1000 + pause);
    expect(kept).toBeGreaterThanOrEqual(0.7);
  }
});
