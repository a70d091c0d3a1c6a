import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LedgerBench } from "../../support/ledger-bench.js";
import { at, bench, bill, facility, HERE, THERE } from "../../support/moving-facilities.js";

describe("versions that stand, wait and stand again", () => {
  test("a settlement that was withdrawn and came back is corrected, not counted beside itself", () =>
    bench(async (d) => {
      await d.batch("facility", [facility("F1", HERE), facility("F2", HERE)]);
      await d.batch("settlement", [bill("M", "F1", "10.00", at("2024-03-06"))]);
      // X is greater than every id so far, and lies in the list of recent ids all the same, because A is not.
      await d.batch("settlement", [
        bill("A", "F1", "10.00", at("2024-03-06")),
        bill("X", "F2", "100.00", at("2024-03-06")),
      ]);
      await d.batch("facility", [facility("F2", THERE)]);
      await d.batch("facility", [facility("F2", HERE)]);
      await d.batch("settlement", [bill("X", "F2", "150.00", at("2024-03-07"))]);
      expect(Object.values(d.current()).map(([, fee]) => fee)).toEqual([1000, 1000, 15000]);
      expect(d.tallies()[1]).toMatchObject({ applied: 4, quarantined: 0 });
    }));

  test.each([
    ["the older one's facility leaves, the newer one's leaves, the older one's comes back", "F1"],
    ["the newer one's facility leaves, the older one's leaves, the newer one's comes back", "F2"],
  ])("%s", (_, back) =>
    bench(async (d) => {
      await d.batch("facility", [facility("F1", HERE), facility("F2", HERE)]);
      await d.batch("settlement", [
        bill("S", "F1", "100.00", at("2024-03-06")),
        bill("S", "F2", "200.00", at("2024-03-07")),
      ]);
      for (const code of back === "F1" ? ["F1", "F2"] : ["F2", "F1"]) {
        await d.batch("facility", [facility(code, THERE)]);
      }
      expect(d.current()).toEqual({});
      expect(d.waiting().map(([, reason]) => reason)).toEqual(["out_of_jurisdiction", "out_of_jurisdiction"]);
      await d.batch("facility", [facility(back, HERE)]);
      expect(d.current().S[0]).toBe(back);
      expect(d.tallies()[1]).toMatchObject({ received: 2, applied: 1, quarantined: 1 });
    }),
  );

  test("one that lost to another of the same time stands when that one may not, and loses again", () =>
    bench(async (d) => {
      await d.batch("facility", [facility("F1", HERE), facility("F2", HERE)]);
      for (const record of [
        bill("S", "F2", "200.00", at("2024-03-06")),
        bill("S", "F1", "100.00", at("2024-03-06")),
      ])
        await d.batch("settlement", [record]);
      expect(d.waiting()).toEqual([[1, "conflicting_version"]]);
      await d.batch("facility", [facility("F2", THERE)]);
      expect(d.current().S[0]).toBe("F1");
      expect(d.waiting()).toEqual([[0, "out_of_jurisdiction"]]);
      await d.batch("facility", [facility("F2", HERE)]);
      expect(d.current().S[0]).toBe("F2");
      expect(d.waiting()).toEqual([[1, "conflicting_version"]]);
      expect(d.tallies()[1]).toMatchObject({ applied: 1, quarantined: 1 });
    }));

  test.each([
    [
      "of which another one was current",
      [bill("S", "F1", "10.00", at("2024-03-06")), bill("S", "F2", "20.00", at("2024-03-07"))],
    ],
    ["that waited for its facility", [bill("S", "F2", "10.00", at("2024-03-06"))]],
  ])("a clock that was set back does not refuse a version that had been counted, %s", (_, records) =>
    bench(async (d) => {
      await d.batch("facility", [facility("F1", HERE), facility("F2", HERE)]);
      for (const record of records) await d.batch("settlement", [record]);
      // All of them lie ahead of it now.
      d.now = Date.parse(at("2024-02-01"));
      await d.batch("facility", [facility("F2", THERE)]);
      if (records.length === 1) {
        expect(d.waiting()).toEqual([[0, "out_of_jurisdiction"]]);
        await d.batch("facility", [facility("F2", HERE)]);
      }
      expect(d.waiting()).toEqual(records.length === 1 ? [] : [[1, "out_of_jurisdiction"]]);
      expect(d.current().S.slice(0, 2)).toEqual([records.length === 1 ? "F2" : "F1", 1000]);
    }),
  );

  test("the record that lost to another one waits with its very bytes", () =>
    bench(async (d) => {
      await d.batch("facility", [facility("F1", HERE), facility("F2", HERE)]);
      const [winner, loser] = ["F2", "F1"].map((code) =>
        bill("S", code, code === "F2" ? "200.00" : "100.00", at("2024-03-06"), {
          remark: `as sent by ${code}`,
        }),
      );
      await d.batch("settlement", [winner, bill("T", "F1", "1.00", at("2024-03-06")), loser]);
      const [entry] = d.state.store.quarantine.find("status = 'waiting'");
      expect(entry).toMatchObject({ position: 2, reason: "conflicting_version" });
      expect(d.state.privacy.open(entry.raw!).toString()).toBe(JSON.stringify(loser));
      expect(await d.intake.revalidate("1 = 1")).toEqual({ retried: 1, resolved: 0 });
      expect(d.waiting()).toEqual([[2, "conflicting_version"]]);
    }));

  test("a refund counts on its own day where its original's new day would not allow it", () =>
    bench(async (d) => {
      const since = (valid_from: string) => ({ valid_from });
      await d.batch("facility", [facility("F1", HERE), facility("F1", THERE, since("2024-06-01"))]);
      const original = (day: string, updated: string) =>
        bill("O", "F9", "100.00", at(updated), { setl_time: at(day), insu_admdvs: HERE });
      const refund = bill("R", "F1", "-100.00", at("2024-05-21"), {
        setl_time: at("2024-05-20"),
        init_setl_id: "O",
      });
      for (const record of [
        original("2024-04-10", "2024-04-11"),
        refund,
        original("2024-07-01", "2024-07-02"),
      ])
        await d.batch("settlement", [record]);
      expect(d.current().R[2]).toBe("2024-05-20");
    }, "original-period"));
});

const IDS = ["aO", "bR", "cO", "dR", "eO", "fR", "zO"];
const DAYS = ["2023-12-31", "2024-02-29", "2024-03-05", "2024-12-31", "2025-01-01"];
const times = fc.oneof(
  fc.constantFrom(at("2025-01-10"), at("2025-01-11"), at("2025-01-12")),
  fc.integer({ min: 0, max: 100_000 }).map((s) => new Date(Date.UTC(2025, 0, 10) + s * 1000).toISOString()),
);
const settlement = fc
  .record({
    id: fc.constantFrom(...IDS),
    day: fc.constantFrom(...DAYS),
    updated: times,
    insured: fc.constantFrom(HERE, THERE, THERE),
    facility: fc.constantFrom("F1", "F2", "F3"),
    yuan: fc.constantFrom("1.00", "2.00", "3.00"),
    flag: fc.constantFrom("1", "1", "1", "1", "0", "2"),
    of: fc.constantFrom("aO", "cO", "eO", "zO"),
  })
  .map(({ id, day, updated, insured, facility, yuan, flag, of }) => {
    const refund = id.endsWith("R");
    return bill(id, facility, refund ? `-${yuan}` : yuan, updated, {
      setl_time: at(day),
      insu_admdvs: insured,
      vali_flag: flag,
      ...(refund ? { init_setl_id: of } : {}),
    });
  });
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.array(settlement, { minLength: 1, maxLength: 4 }).map((records) => ({ records })),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({
        code: fc.constantFrom("F1", "F2", "F3"),
        admdvs: fc.constantFrom(HERE, THERE, "610102"),
        from: fc.constantFrom(null, null, "2024-03-01", "2025-01-01"),
      })
      .map((moved) => ({ moved })),
  },
  // The same content again, later: only its time moves on.
  { weight: 1, arbitrary: times.map((later) => ({ later })) },
  { weight: 1, arbitrary: fc.constant({ restart: true }) },
);

async function greatestStands(refunds: "own-period" | "original-period", numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
      const d = new LedgerBench(refunds);
      const all: object[] = [];
      try {
        for (const s of steps) {
          if ("records" in s) {
            all.push(...s.records);
            await d.batch("settlement", s.records);
          } else if ("moved" in s) {
            const { code, admdvs, from } = s.moved;
            await d.batch("facility", [facility(code, admdvs, from === null ? {} : { valid_from: from })]);
          } else if ("later" in s) {
            const again = all.length === 0 ? [] : [{ ...all[all.length - 1], updt_time: s.later }];
            all.push(...again);
            await d.batch("settlement", again);
          } else d.restart();
        }
        expect(d.current()).toEqual(d.expected(all));
        for (const { received, ...as } of d.tallies()) {
          expect(Object.values(as).reduce((sum, n) => sum + n, 0)).toBe(received);
          expect(Math.min(...Object.values(as))).toBeGreaterThanOrEqual(0);
        }
        // No record waits twice, and each that is counted as waiting does.
        const waiting = d.waiting().map(([position]) => position);
        expect(new Set(waiting).size).toBe(waiting.length);
        expect(waiting.length).toBe(d.tallies().reduce((sum, t) => sum + t.quarantined, 0));
        const figures = d.figures();
        d.restart(true);
        expect(d.figures()).toEqual(figures);
      } finally {
        d.remove();
      }
    }),
    {
      numRuns,
      seed: Number(process.env.FUNDPULSE_SEED ?? 20250220),
    },
  );
}

const RUNS = Number(process.env.FUNDPULSE_HISTORIES ?? 150);
describe.each(["own-period", "original-period"] as const)(
  "whatever came in which order, the greatest allowed version of each id stands, and every record is counted (%s)",
  (refunds) => {
    test("in 40 histories", () => greatestStands(refunds, 40));
    test(`in ${RUNS} histories`, { tags: "long" }, () => greatestStands(refunds, RUNS));
  },
);
