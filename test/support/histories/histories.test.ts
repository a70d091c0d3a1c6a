import fc from "fast-check";
import { expect, test } from "vitest";
import { arrivalsOf, deliveries, histories, recountOptions, stepsOf } from "../histories.js";
import { recount } from "../oracle/recount.js";
import type { Recount } from "../oracle/types.js";

const figures = (r: Recount): unknown => [
  [...r.months].map(([p, f]) => [p, [...f].sort()]).sort(),
  [...r.persons].map(([p, f]) => [p, [...f].sort()]).sort(),
  [...r.days].map(([p, f]) => [p, [...f].sort()]).sort(),
  [...r.currentHeld].sort(),
  [...r.orphanRefunds].sort(),
  [...r.unmappedFacilities].sort(),
];

test("the recount does not depend on order and partitions", () => {
  fc.assert(
    fc.property(histories(15), deliveries, deliveries, (history, one, two) => {
      const a = recount(arrivalsOf(history, one), recountOptions(history));
      const b = recount(arrivalsOf(history, two), recountOptions(history));
      expect(figures(a)).toEqual(figures(b));
    }),
    { numRuns: 60 },
  );
});

test("steps deliver every record once, and redeliveries only behind their first delivery", () => {
  fc.assert(
    fc.property(histories(15), deliveries, (history, delivery) => {
      const seen = new Map<string, number>();
      for (const step of stepsOf(history, delivery)) {
        if (step.kind !== "batch") continue;
        for (const a of step.arrivals) {
          const key = `${a.source} ${a.partition}`;
          expect(a.position).toBeLessThanOrEqual(seen.get(key) ?? 0);
          seen.set(key, Math.max(seen.get(key) ?? 0, a.position + 1));
        }
      }
      const places = [...seen.values()].reduce((x, y) => x + y, 0);
      expect(places).toBe(history.records.length);
    }),
    { numRuns: 100 },
  );
});

test("a few hundred histories reach every corner", { tags: "long" }, () => {
  const reached = new Set<string>();
  let records = 0;
  const sample = fc.sample(histories(), { numRuns: 300, seed: 1 });
  for (const history of sample) {
    const arrivals = arrivalsOf(history, { partitions: 1, shuffle: null });
    const r = recount(arrivals, { ...recountOptions(history), sums: "month" });
    records += arrivals.length;
    expect(r.ambiguous).toEqual([]);
    for (const reason of r.quarantine.keys()) reached.add(reason);
    if (r.currentHeld.size > 0) reached.add("held");
    if (r.orphanRefunds.size > 0) reached.add("orphan");
    for (const s of r.current.values()) {
      reached.add(`flow ${s.dimensions.flow}`).add(`region ${s.dimensions.region}`);
      reached.add(`care ${s.dimensions.care}`).add(`weight ${s.weight}`).add(s.dimensions.category);
      if (s.effectiveTime !== s.settlement.setlTime) reached.add("refund moved");
      if (!s.facilityKnown) reached.add("unmapped");
      if (s.sums.bed_days < 0) reached.add("negative days");
      if (s.counts && s.weight === 0) reached.add("mid-stay");
    }
  }
  expect([...reached].sort()).toEqual(
    [
      ...["missing_field", "bad_value", "identity_broken", "sign_broken", "unknown_category"],
      ...["future_time", "too_old", "out_of_jurisdiction", "held", "orphan", "unmapped", "mid-stay"],
      ...["flow local", "flow outbound", "flow inbound", "flow unknown"],
      ...["region county", "region city", "region province", "region national", "region unknown"],
      ...["care inpatient", "care outpatient", "care pharmacy", "care maternity"],
      ...["weight 1", "weight 0", "weight -1", "refund moved", "negative days"],
      ...[
        "普通住院",
        "单病种住院",
        "居民单病种",
        "生育住院",
        "普通门诊",
        "门诊慢特病",
        "门诊两病",
        "药店购药",
      ],
    ].sort(),
  );
  expect(records / sample.length).toBeGreaterThan(10);
});
