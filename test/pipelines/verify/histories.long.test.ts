import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DuckDbPublisher } from "../../../connectors/duckdb/publish/publisher.js";
import type { VerifyResult } from "../../../pipelines/verify/port.js";
import { pinPublished, verifyPublished } from "../../../pipelines/verify/published.js";
import { detailReference } from "../../../pipelines/verify/verifier.js";
import { deliveries, histories } from "../../support/histories.js";
import { type Beside, StateDriver } from "../../support/state-driver.js";

const RUNS = Number(process.env.VERIFY_RUNS ?? 6);

async function recountEqualsPublished(numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories(40), deliveries, async (history, delivery) => {
      let publisher: DuckDbPublisher | undefined;
      let result: VerifyResult | undefined;
      let version = 0;
      const beside: Beside = {
        open: async (config) => {
          publisher = new DuckDbPublisher({ dataDir: config.data, config });
          await publisher.open("state");
        },
        publish: async (input) => {
          version = (await publisher?.publish(input)) ?? 0;
        },
        inspect: async (state) => {
          result = await verifyPublished(pinPublished(state, detailReference(state), version));
        },
      };
      try {
        await StateDriver.told(history, delivery, beside);
      } finally {
        await publisher?.close();
      }
      expect(result?.differences.slice(0, 10)).toEqual([]);
      expect(result?.differenceCount).toBe(0);
    }),
    { numRuns, endOnFailure: true, seed: Number(process.env.VERIFY_SEED ?? 20_240_731) },
  );
}

describe("the recount in SQL equals what was published of any history: versions, refunds of both policies, facilities that change, municipalities", () => {
  test("of 2 histories", () => recountEqualsPublished(2));
  test(`of ${RUNS} histories`, { tags: "long", timeout: 600_000 }, () => recountEqualsPublished(RUNS));
});
