import Database from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SettlementIndex } from "../../../connectors/state/settlement-index.js";
import { STATE_TABLES } from "../../../connectors/state/store-schema.js";

const open = (db: Database.Database, mergeIds: number): SettlementIndex =>
  new SettlementIndex((text) => db.prepare(text), mergeIds);

/** One commit: new ids, then ids that get another version or lose theirs. */
const commits = fc.array(
  fc.record({
    fresh: fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 12 }),
    moved: fc.array(fc.nat(400), { maxLength: 4 }),
    dropped: fc.array(fc.nat(400), { maxLength: 3 }),
    restart: fc.boolean(),
  }),
  { maxLength: 25 },
);

describe("SettlementIndex", () => {
  it("knows the standing version of every id, whatever was merged and however often it was opened again", () => {
    fc.assert(
      fc.property(commits, fc.integer({ min: 1, max: 30 }), (history, mergeIds) => {
        const db = new Database(":memory:");
        db.exec(STATE_TABLES);
        let index = open(db, mergeIds);
        const truth = new Map<string, number>();
        const name = (n: number): string => `s${String(n).padStart(3, "0")}`;
        let ref = 128;
        for (const { fresh, moved, dropped, restart } of history) {
          const ids = fresh.map(name).filter((id) => !truth.has(id));
          index.insert(ids, ref);
          for (const id of ids) truth.set(id, ref++);
          for (const id of moved.map(name).filter((known) => truth.has(known))) {
            truth.set(id, ref);
            index.set(id, ref++);
          }
          for (const id of dropped.map(name).filter((known) => truth.has(known))) {
            truth.delete(id);
            index.drop(id);
          }
          index.settle();
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
