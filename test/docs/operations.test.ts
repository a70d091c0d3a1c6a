import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createHealth } from "../../connectors/ops/health.js";
import { createMetrics } from "../../connectors/ops/metrics.js";

const page = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");

test("every metric and every field of health is told, with what to do", async () => {
  const metrics = createMetrics();
  metrics.quality?.({
    waiting: new Map(),
    unmapped: new Map(),
    verified: { at: 1, differences: 0 },
    diskFree: 1,
  });
  const names = [...(await metrics.text()).matchAll(/^# HELP (\S+)/gm)].map((m) => m[1]!);
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => !page.includes(`\`${name}`))).toEqual([]);
  const fields = Object.keys(createHealth(() => 0).report());
  expect(fields.filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
});
