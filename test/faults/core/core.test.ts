import { describe, expect, test } from "vitest";
import { simulateCore } from "./simulation.js";

const SEED = Number(process.env.FUNDPULSE_SEED ?? 1);

async function all(seeds: number): Promise<void> {
  let deaths = 0;
  for (let seed = SEED; seed < SEED + seeds; seed++) {
    const { wrong, deaths: died } = await simulateCore(seed);
    deaths += died;
    expect(wrong.slice(0, 10), `npm run faults -- --core --rounds 1 --seed ${seed}`).toEqual([]);
  }
  expect(deaths).toBeGreaterThan(seeds);
}

describe("whatever step is the last one, the figures in the end are those of a recount", () => {
  test("with 15 seeds", { timeout: 120_000 }, () => all(15));
  test("with 300 seeds", { tags: "long", timeout: 900_000 }, () => all(300));
});
