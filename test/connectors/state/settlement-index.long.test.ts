import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BASE_TABLES } from "../../../connectors/state/migrations/base-tables.js";
import { TALLY_TABLE } from "../../../connectors/state/migrations/tally-table.js";
import { SettlementIndex } from "../../../connectors/state/settlement-index.js";

const open = (db: Database.Database, mergeIds: number): SettlementIndex =>
  new SettlementIndex((text) => db.prepare(text), mergeIds);

/** One commit: new ids, then ids that get another version or lose theirs. */
const commits = fc.array(
  fc.record({
    // Mostly beyond all earlier ones, as ids are, with some that come late.
    fresh: fc.uniqueArray(fc.integer({ min: -40, max: 25 }), { maxLength: 12 }),
    back: fc.boolean(),
    moved: fc.array(fc.nat(400), { maxLength: 4 }),
    dropped: fc.array(fc.nat(400), { maxLength: 12 }),
    restart: fc.boolean(),
  }),
  { maxLength: 25 },
);

describe("SettlementIndex", () => {
  it("knows the standing version of every id, whatever was merged and however often it was opened again", () => {
    fc.assert(
      fc.property(commits, fc.integer({ min: 1, max: 30 }), (history, mergeIds) => {
        const db = new Database(":memory:");
        db.exec(BASE_TABLES + TALLY_TABLE);
        let index = open(db, mergeIds);
        const truth = new Map<string, number>();
        const name = (n: number): string => `s${String(n).padStart(3, "0")}`;
        let ref = 128;
        const gone = new Set<string>();
        let edge = 0;
        const insert = (ids: readonly string[]): void => {
          index.insert(ids, ref);
          for (const id of ids) truth.set(id, ref++);
        };
        for (const { fresh, back, moved, dropped, restart } of history) {
          const numbers = [...new Set(fresh.map((n) => Math.min(400, Math.max(0, edge + n))))];
          edge = Math.max(edge, ...numbers);
          insert(numbers.map(name).filter((id) => !truth.has(id)));
          if (back) {
            for (const id of gone) if (!truth.has(id)) insert([id]);
            gone.clear();
          }
          for (const id of moved.map(name).filter((known) => truth.has(known))) {
            truth.set(id, ref);
            index.set(id, ref++);
          }
          for (const id of dropped.map(name).filter((known) => truth.has(known))) {
            truth.delete(id);
            gone.add(id);
            index.drop(id);
          }
          index.settle();
          expect(index.isSound()).toBe(true);
          if (restart) index = open(db, mergeIds);
          const all = Array.from({ length: 401 }, (_, n) => name(n));
          const found = index.find(all);
          expect(all.map((_, i) => found.get(i))).toEqual(all.map((id) => truth.get(id)));
          expect(all.map((id) => index.findOne(id))).toEqual(all.map((id) => truth.get(id)));
          expect(index.count()).toBe(truth.size);
          expect([...index.refs()].flat().sort((a, b) => a - b)).toEqual(
            [...truth.values()].sort((a, b) => a - b),
          );
        }
        db.close();
      }),
      { numRuns: 200 },
    );
  });
});
