import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backupState } from "../../../connectors/state/backup.js";
import { checkStateFile } from "../../../connectors/state/check.js";
import { StateSnapshot } from "../../../connectors/state/read-snapshot.js";
import { restoreState } from "../../../connectors/state/restore.js";
import { CODE_FIELDS } from "../../../connectors/state/settlement-block.js";
import { LedgerBench } from "../../support/ledger-bench.js";
import {
  at,
  bill as billAt,
  bench as emptyBench,
  facility,
  HERE,
  THERE,
} from "../../support/moving-facilities.js";

// Copies whose content is equal, and only their updt_time is later: they move the time of what is kept.

const ms = (day: string): number => Date.parse(at(day));
/** A bill by the day of its version. */
const bill = (id: string, facility: string, yuan: string, updated: string, more: object = {}) =>
  billAt(id, facility, yuan, at(updated), more);
const later = (record: object, updated: string): object => ({ ...record, updt_time: at(updated) });

/** Works on a state whose facilities lie here. */
const bench = <T>(work: (bench: LedgerBench) => Promise<T>, refunds?: "original-period"): Promise<T> =>
  emptyBench(async (d) => {
    await d.batch("facility", [facility("F1", HERE), facility("F2", HERE)]);
    return work(d);
  }, refunds);

/** Versions that were ever written, and how many of them are superseded. */
const written = (d: LedgerBench): unknown =>
  d.state.store.db
    .prepare("SELECT (SELECT sum(rows) FROM block) AS rows, (SELECT count(*) FROM dead) AS superseded")
    .get();

/** Every current version with all that is kept of it, as the detail file is given it. */
function rowsOf(d: LedgerBench): Record<string, unknown>[] {
  const snapshot = new StateSnapshot(d.state.store.path);
  try {
    const rows: Record<string, unknown>[] = [];
    for (const month of snapshot.months()) {
      const pages = snapshot.rows(month, (_ref, row) => {
        const codes = CODE_FIELDS.map((name, i) => [name, snapshot.codes[row.codes[i]!]]);
        rows.push({ ...row, amounts: [...row.amounts], codes: Object.fromEntries(codes), month });
      });
      for (const _ of pages);
    }
    return rows.sort((a, b) => (String(a.setl_id) < String(b.setl_id) ? -1 : 1));
  } finally {
    snapshot.close();
  }
}
const timeOf = (d: LedgerBench, id: string): unknown => rowsOf(d).find((r) => r.setl_id === id)?.updt_time;

describe("copies that are later and say nothing else new", () => {
  test("ten of each of 3,000 bills leave no row, and the state about as large as it was", () =>
    bench(async (d) => {
      const bills = Array.from({ length: 3000 }, (_, i) => bill(`S${i}`, "F1", "10.00", "2024-03-06"));
      await d.batch("settlement", bills);
      const { db } = d.state.store;
      const size = (): number => (db.pragma("page_count", { simple: true }) as number) * 4096;
      const [before, rows, figures] = [size(), written(d), d.figures()];
      for (let day = 10; day < 20; day++)
        await d.batch(
          "settlement",
          bills.map((b) => later(b, `2024-03-${day}`)),
        );
      expect(written(d)).toEqual(rows);
      expect(size() / before).toBeLessThan(1.5);
      expect(d.figures()).toEqual(figures);
      expect(d.tallies()[1]).toMatchObject({ received: 33_000, applied: 3000, duplicate: 30_000 });
      expect(new Set(Object.values(d.current()).map(([, , , time]) => time))).toEqual(
        new Set([ms("2024-03-19")]),
      );
    }));

  test("what comes between the first time and the copy's is too old", () =>
    bench(async (d) => {
      const first = bill("S", "F1", "10.00", "2024-03-06");
      await d.batch("settlement", [first]);
      await d.batch("settlement", [later(first, "2024-03-10")]);
      await d.batch("settlement", [bill("S", "F1", "99.00", "2024-03-08")]);
      expect(d.current().S).toEqual(["F1", 1000, "2024-03-05", ms("2024-03-10")]);
      await d.batch("settlement", [bill("S", "F1", "99.00", "2024-03-11")]);
      expect(d.current().S[1]).toBe(9900);
    }));

  test("the month has changed for who brings the detail file up to date, and only that month", () =>
    bench(async (d) => {
      const march = bill("S", "F1", "10.00", "2024-03-06");
      await d.batch("settlement", [
        march,
        bill("T", "F1", "10.00", "2024-04-06", { setl_time: at("2024-04-05") }),
      ]);
      const look = (): StateSnapshot => new StateSnapshot(d.state.store.path);
      const held = look();
      const since = [held.sequence, held.lastBlock()] as const;
      held.close();
      await d.batch("settlement", [later(march, "2024-03-10")]);
      const now = look();
      expect(now.monthsChangedSince(...since)).toEqual([2024 * 12 + 2]);
      expect(now.monthsChangedSince(now.sequence, now.lastBlock())).toEqual([]);
      now.close();
      expect(timeOf(d, "S")).toBe(ms("2024-03-10"));
    }));

  test("its time stays with a version that is withdrawn and comes back", () =>
    bench(async (d) => {
      const first = bill("S", "F1", "10.00", "2024-03-06");
      await d.batch("settlement", [first]);
      await d.batch("settlement", [later(first, "2024-03-10")]);
      await d.batch("facility", [facility("F1", THERE)]);
      expect(d.current()).toEqual({});
      d.restart();
      await d.batch("facility", [facility("F1", HERE)]);
      expect(timeOf(d, "S")).toBe(ms("2024-03-10"));
      await d.batch("settlement", [bill("S", "F1", "99.00", "2024-03-08")]);
      expect(d.current().S[1]).toBe(1000);
    }));

  test("and with one that is superseded and stands again", () =>
    bench(async (d) => {
      const first = bill("S", "F1", "10.00", "2024-03-06");
      await d.batch("settlement", [first]);
      await d.batch("settlement", [bill("S", "F1", "50.00", "2024-03-05")]);
      await d.batch("settlement", [later(first, "2024-03-10")]);
      await d.batch("settlement", [bill("S", "F2", "20.00", "2024-03-12")]);
      // Older than the copy, later than the first.
      await d.batch("settlement", [bill("S", "F1", "99.00", "2024-03-08")]);
      await d.batch("facility", [facility("F2", THERE)]);
      expect(d.current().S).toEqual(["F1", 1000, "2024-03-05", ms("2024-03-10")]);
    }));

  test.each([
    ["loses to", "20.00", "10.00"],
    ["wins over", "10.00", "20.00"],
  ])("a version of the copy's time %s another one of that time", (_, mine, other) =>
    bench(async (d) => {
      const first = bill("S", "F1", mine, "2024-03-06");
      await d.batch("settlement", [first]);
      await d.batch("settlement", [later(first, "2024-03-10")]);
      await d.batch("settlement", [bill("S", "F1", other, "2024-03-10")]);
      expect(d.current().S).toEqual(["F1", 2000, "2024-03-05", ms("2024-03-10")]);
      // The record that counted waits, not the copy.
      expect(d.waiting()).toEqual([[mine === "20.00" ? 2 : 0, "conflicting_version"]]);
      expect(d.tallies()[1]).toMatchObject({ received: 3, applied: 1, duplicate: 1, quarantined: 1 });
    }),
  );

  test("a copy in one batch with another version of its time", () =>
    bench(async (d) => {
      const first = bill("S", "F1", "10.00", "2024-03-06");
      await d.batch("settlement", [first]);
      await d.batch("settlement", [later(first, "2024-03-10"), bill("S", "F1", "20.00", "2024-03-10")]);
      expect(d.current().S[1]).toBe(2000);
      expect(d.tallies()[1]).toMatchObject({ received: 3, applied: 1, duplicate: 1, quarantined: 1 });
    }));

  test("a refund that came again in one batch with its original moves with it, under its later time", () =>
    bench(async (d) => {
      const original = bill("O", "F1", "100.00", "2024-03-06");
      const refund = bill("R", "F1", "-100.00", "2024-05-21", {
        setl_time: at("2024-05-20"),
        init_setl_id: "O",
      });
      await d.batch("settlement", [original, refund]);
      await d.batch("settlement", [
        later(refund, "2024-05-25"),
        { ...later(original, "2024-05-24"), setl_time: at("2024-04-10") },
      ]);
      expect(d.current().R).toEqual(["F1", -10_000, "2024-04-10", ms("2024-05-25")]);
    }, "original-period"));

  test("what is no content and yet shown is kept: refd_setl_flag", () =>
    bench(async (d) => {
      const first = bill("S", "F1", "10.00", "2024-03-06", { refd_setl_flag: "0" });
      await d.batch("settlement", [first]);
      await d.batch("settlement", [{ ...later(first, "2024-03-10"), refd_setl_flag: "1" }]);
      expect(rowsOf(d)).toMatchObject([{ codes: { refd_setl_flag: "1" }, updt_time: ms("2024-03-10") }]);
      expect(written(d)).toEqual({ rows: 2, superseded: 1 });
    }));
});

describe("the state of such copies", () => {
  const copied = async (d: LedgerBench): Promise<void> => {
    const bills = Array.from({ length: 300 }, (_, i) => bill(`S${i}`, "F1", "10.00", "2024-03-06"));
    await d.batch("settlement", bills);
    await d.batch(
      "settlement",
      bills.slice(100).map((b) => later(b, "2024-03-10")),
    );
  };

  test("is the same after a restart and a rebuild", () =>
    bench(async (d) => {
      await copied(d);
      const [rows, figures] = [rowsOf(d), d.figures()];
      for (const rebuild of [false, true]) {
        d.restart(rebuild);
        expect(rowsOf(d)).toEqual(rows);
        expect(d.figures()).toEqual(figures);
        expect(d.current().S200[3]).toBe(ms("2024-03-10"));
      }
    }));

  test("is sound, and damaged where a time is missing or another", () =>
    bench(async (d) => {
      await copied(d);
      const { path } = d.state.store;
      checkStateFile(path);
      const { db } = d.state.store;
      const ref = db.prepare("SELECT max(ref) FROM later_time").pluck().get();
      for (const sql of [
        "DELETE FROM later_time WHERE ref = ?",
        "UPDATE later_time SET updt_time = updt_time + 1 WHERE ref = ?",
        "UPDATE later_time_month SET sequence = 0 WHERE ? > 0",
      ]) {
        // Not by a commit of the state: the tally in the file does not follow it.
        db.exec("BEGIN");
        db.prepare(sql).run(ref);
        db.exec("COMMIT");
        const file = join(dirname(path), "copy.sqlite");
        db.exec(`VACUUM INTO '${file}'`);
        expect(() => checkStateFile(path, undefined, file)).toThrow(/later_time/);
        rmSync(file);
      }
    }));

  test("is backed up and restored with its times", () =>
    bench(async (d) => {
      await copied(d);
      const dir = mkdtempSync(join(tmpdir(), "fundpulse-copies-"));
      try {
        const file = join(dir, "night.backup");
        const contents = await backupState(dirname(d.state.store.path), file, d.now, () => {});
        expect(contents.settlements).toBe(300);
        const rows = rowsOf(d);
        const keyCheck = d.state.store.meta("key_check")!;
        const dataDir = join(dir, "data");
        mkdirSync(dataDir);
        await restoreState({ dataDir, file, keyCheck, now: d.now, replaces: [], onProgress: () => {} });
        const restored = new StateSnapshot(join(dir, "data", "state.sqlite"));
        const times = new Map<unknown, number>();
        for (const _ of restored.rows(2024 * 12 + 2, (_ref, row) => times.set(row.setl_id, row.updt_time)));
        restored.close();
        expect(times).toEqual(new Map(rows.map((r) => [r.setl_id, r.updt_time as number])));
      } finally {
        rmSync(dir, { recursive: true, force: true });
      }
    }));
});

const IDS = ["aO", "bR", "cO", "dR", "zO"];
const days = fc.constantFrom(...Array.from({ length: 12 }, (_, i) => `2025-01-${10 + i}`));
const record = fc
  .record({
    id: fc.constantFrom(...IDS),
    day: fc.constantFrom("2023-12-31", "2024-02-29", "2024-03-05"),
    updated: days,
    facility: fc.constantFrom("F1", "F2", "F3"),
    yuan: fc.constantFrom("1.00", "2.00"),
    flag: fc.constantFrom("1", "1", "1", "1", "0", "2"),
    of: fc.constantFrom("aO", "cO", "zO"),
  })
  .map(({ id, day, updated, facility, yuan, flag, of }) =>
    bill(id, facility, id.endsWith("R") ? `-${yuan}` : yuan, updated, {
      setl_time: at(day),
      vali_flag: flag,
      ...(id.endsWith("R") ? { init_setl_id: of } : {}),
    }),
  );
const copy = fc.record({
  nth: fc.nat(7),
  /** Later than what it copies. */
  days: fc.integer({ min: 0, max: 4 }),
  flag: fc.constantFrom(null, null, null, null, "1"),
});
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        records: fc.array(record, { maxLength: 3, size: "max" }),
        copies: fc.array(copy, { maxLength: 4, size: "max" }),
        first: fc.boolean(),
      })
      .map((sent) => ({ sent })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      code: fc.constantFrom("F1", "F2", "F3"),
      admdvs: fc.constantFrom(HERE, HERE, THERE, "610102"),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom("restart" as const, "rebuild" as const) },
);

/** A state that keeps every copy as a row. */
function keepEveryRow(d: LedgerBench): void {
  d.state.store.settlements.moveTime = () => false;
}

const saidOf = (d: LedgerBench): unknown => ({
  rows: rowsOf(d),
  figures: d.figures(),
  tallies: d.tallies(),
  // Numbered in the order in which rows are read, which is another where a version has a row more.
  quarantine: d.state.store.quarantine
    .find("TRUE")
    .map(({ id, raw, ref, ...entry }) => ({ ...entry, raw: raw === null, ref: ref === null }))
    .map((entry) => JSON.stringify(entry))
    .sort(),
  warnings: d.state.store.db.prepare("SELECT * FROM warning").all(),
});

async function sameAsEveryRow(refunds: "own-period" | "original-period", numRuns: number): Promise<void> {
  let moved = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24, size: "max" }), async (steps) => {
      const saving = new LedgerBench(refunds);
      const every = new LedgerBench(refunds);
      keepEveryRow(every);
      const all: ReturnType<typeof bill>[] = [];
      try {
        const here = ["F1", "F2", "F3"].map((code) => facility(code, HERE));
        for (const d of [saving, every]) await d.batch("facility", here);
        for (const s of steps) {
          if (typeof s === "string") {
            for (const d of [saving, every]) d.restart(s === "rebuild");
            keepEveryRow(every);
          } else if ("sent" in s) {
            const copies = s.sent.copies.flatMap(({ nth, days, flag }) => {
              const known = [...all, ...s.sent.records];
              if (known.length === 0) return [];
              const of = known[known.length - 1 - (nth % known.length)]!;
              const updt_time = new Date(Date.parse(of.updt_time) + days * 86_400_000).toISOString();
              const again = { ...of, updt_time };
              return [flag === null ? again : { ...again, refd_setl_flag: flag }];
            });
            const batch = s.sent.first ? [...copies, ...s.sent.records] : [...s.sent.records, ...copies];
            all.push(...batch);
            if (batch.length === 0) continue;
            for (const d of [saving, every]) await d.batch("settlement", batch);
          } else {
            const moved = facility(s.code, s.admdvs);
            for (const d of [saving, every]) await d.batch("facility", [moved]);
          }
          expect(saidOf(saving)).toEqual(saidOf(every));
        }
        moved += saving.state.store.db.prepare("SELECT count(*) FROM later_time").pluck().get() as number;
        checkStateFile(saving.state.store.path);
      } finally {
        saving.remove();
        every.remove();
      }
    }),
    { numRuns, seed: Number(process.env.FUNDPULSE_SEED ?? 20250220) },
  );
  // Else nothing was tried.
  expect(moved).toBeGreaterThan(numRuns);
}

const RUNS = Number(process.env.FUNDPULSE_HISTORIES ?? 200);
describe.each(["own-period", "original-period"] as const)(
  "a state that keeps no rows of them says what one says that keeps them all (%s)",
  (refunds) => {
    test("in 25 histories", () => sameAsEveryRow(refunds, 25));
    test(`in ${RUNS} histories`, { tags: "long" }, () => sameAsEveryRow(refunds, RUNS));
  },
);
