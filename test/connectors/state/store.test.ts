import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { monthNumber, monthStart } from "../../../aggregations/calendar.js";
import { checkedCrc, withCrc } from "../../../connectors/state/file.js";
import { ROWS_PER_BLOCK, type RowFacts } from "../../../connectors/state/settlement-block.js";
import { SqliteStore } from "../../../connectors/state/store.js";
import { Settlement } from "../../../schemas/input/settlement.js";

const IDENTITY = { keyCheck: "key", rules: "rules" };
const MARCH = monthNumber(2024, 3);
const APRIL = monthNumber(2024, 4);

let dir: string;
let store: SqliteStore;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "fundpulse-store-"));
  store = new SqliteStore(dir, IDENTITY);
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

function reopen(): void {
  store.close();
  store = new SqliteStore(dir, IDENTITY);
}

/** Opens the file a second time as it stands after a kill: nothing of the first connection is closed. */
function afterKill<T>(look: (s: SqliteStore) => T): T {
  const other = new SqliteStore(dir, IDENTITY);
  try {
    return look(other);
  } finally {
    other.db.close();
  }
}

const facts = (): RowFacts => ({ person: 0, day: monthStart(MARCH), partitionId: 1, position: 0 });

function row(id: string): Settlement {
  const s = new Settlement();
  Object.assign(s, { setl_id: id, mdtrt_id: `M${id}`, setl_time: 1.7e12, updt_time: 1.7e12, med_type: "11" });
  s.amounts.fill(0);
  return s;
}

/** Keeps settlements of a month in one block; returns the reference of the first. Inside a commit. */
function keep(month: number, ids: readonly string[]): number {
  const writer = store.settlements.writer();
  for (const id of ids) writer.add(row(id), facts());
  const first = store.settlements.write(month, ids.length, writer.finish());
  store.settlements.ids.insert(ids, first);
  return first;
}

function scanned(month: number, after = 0): string[] {
  const s = new Settlement();
  const found: string[] = [];
  store.settlements.scan(month, after, s, facts(), () => found.push(s.setl_id));
  return found;
}

test("a commit is durable when it returns; one that throws leaves nothing", () => {
  store.commit(() => keep(MARCH, ["a", "b"]));
  expect(afterKill((s) => [s.settlements.ids.findOne("a"), s.sequence, s.settlements.months()])).toEqual([
    store.settlements.ids.findOne("a"),
    1,
    [MARCH],
  ]);
  expect(() =>
    store.commit(() => {
      keep(MARCH, ["c"]);
      store.partitions.move(store.partitions.of("folder", "f"), {
        source: "folder",
        partition: "f",
        next: 9,
        lastApplied: 8,
        fingerprint: null,
        finished: false,
      });
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(
    afterKill((s) => [s.settlements.ids.findOne("c"), s.partitions.find("folder", "f"), s.sequence]),
  ).toEqual([undefined, undefined, 1]);
});

test("after a failure every commit fails with its cause", () => {
  expect(() => store.commit(() => store.db.exec("INSERT INTO nowhere VALUES (1)"))).toThrow("nowhere");
  expect(() => store.commit(() => store.setMeta("a", "b"))).toThrow("nowhere");
  reopen();
  store.commit(() => store.setMeta("a", "b"));
  expect(store.meta("a")).toBe("b");
});

test("positions, tallies and codes are the same after a start", () => {
  const position = {
    source: "folder",
    partition: "日.ndjson",
    next: 2 ** 40,
    lastApplied: 7,
    fingerprint: "x",
    finished: true,
  };
  store.commit(() => {
    const partition = store.partitions.of("folder", "日.ndjson");
    store.partitions.tally(partition.id, "applied", 3, 4);
    store.partitions.tally(partition.id, "quarantined", 1);
    store.partitions.move(partition, position);
    for (const code of ["", "11", "医院"]) store.codes.idOf(code);
  });
  const before = store.partitions.find("folder", "日.ndjson");
  reopen();
  expect(store.partitions.find("folder", "日.ndjson")).toMatchObject({ ...before });
  expect(before).toMatchObject({ ...position, received: 4, applied: 3, quarantined: 1, held: 0 });
  expect(["", "11", "医院"].map((code) => store.codes.idOf(code))).toEqual([0, 1, 2]);
});

test("ids are found in whatever order they are asked for, whatever letters they have", () => {
  const ids = ["S1", "s1", "S1 ", "号", "😀", '"', "\\", "'", "x".repeat(3000)];
  const first = store.commit(() => keep(MARCH, ids));
  const asked = [...ids, "nobody", "S1"].reverse();
  const found = store.settlements.ids.find(asked);
  asked.forEach((id, i) => {
    const at = ids.indexOf(id);
    expect([id, found.get(i)]).toEqual([id, at < 0 ? undefined : first + at]);
  });
  expect(first % ROWS_PER_BLOCK).toBe(0);
  const s = new Settlement();
  for (const [i, id] of ids.entries()) {
    store.settlements.read(first + i, s, facts());
    expect(s.setl_id).toBe(id);
  }
});

test("a scan sees what stands of one month, over more blocks than a page, while the visitor reads others", () => {
  const blocks = 150;
  store.commit(() => {
    for (let b = 0; b < blocks; b++) {
      keep(MARCH, [`m${b}a`, `m${b}b`]);
      if (b % 3 === 0) keep(APRIL, [`a${b}`]);
    }
  });
  store.commit(() => store.settlements.supersede(store.settlements.ids.findOne("m7a")!, MARCH, "m7a"));
  const expected = Array.from({ length: blocks }, (_, b) => [`m${b}a`, `m${b}b`])
    .flat()
    .filter((id) => id !== "m7a");
  expect(scanned(MARCH)).toEqual(expected);
  const s = new Settlement();
  const other = new Settlement();
  const found: string[] = [];
  store.settlements.scan(MARCH, 0, s, facts(), () => {
    found.push(s.setl_id);
    store.settlements.read(store.settlements.ids.findOne("a3")!, other, facts());
    expect(other.setl_id).toBe("a3");
  });
  expect(found).toEqual(expected);
  const half = Math.floor(store.settlements.ids.findOne("m99b")! / ROWS_PER_BLOCK);
  expect(scanned(MARCH, half)).toEqual(expected.slice(expected.indexOf("m100a")));
});

test("what was buried since a checkpoint is known, and what may stand again", () => {
  const first = store.commit(() => keep(MARCH, ["a", "b", "c"]));
  store.commit(() => {
    store.settlements.supersede(first, MARCH, "a");
    store.checkpoints.save("cells", MARCH, Buffer.from("as of now"));
  });
  const since = store.checkpoints.get("cells", MARCH)!;
  expect(since).toEqual({
    sequence: store.sequence,
    lastBlock: store.settlements.lastBlock,
    data: Buffer.from("as of now"),
  });
  store.commit(() => {
    store.settlements.supersede(first + 1, MARCH, "b", null);
    const later = keep(MARCH, ["d"]);
    store.settlements.supersede(later, MARCH, "d");
  });
  // Of a block after the checkpoint nothing was counted yet, so nothing need be taken out.
  expect(store.settlements.supersededSince(MARCH, since.sequence, since.lastBlock)).toEqual([first + 1]);
  expect(store.settlements.supersededVersions("a")).toEqual([{ ref: first, countedAs: "applied" }]);
  expect(store.settlements.supersededVersions("b")).toEqual([]);
});

test("a damaged block or checkpoint is FP2004, not figures", () => {
  const first = store.commit(() => {
    store.checkpoints.save("counts", 2024, Buffer.from([1, 2, 3]));
    return keep(MARCH, ["a"]);
  });
  const damage = (sql: string): void => {
    const other = new Database(join(dir, "state.sqlite"));
    other.exec(sql);
    other.close();
  };
  damage(
    "UPDATE block SET data = zeroblob(length(data)); UPDATE checkpoint SET data = zeroblob(length(data))",
  );
  const s = new Settlement();
  expect(() => store.settlements.read(first, s, facts())).toThrow("FP2004");
  expect(() => scanned(MARCH)).toThrow("FP2004");
  expect(() => store.checkpoints.get("counts", 2024)).toThrow("FP2004");
  damage("DELETE FROM block");
  expect(() => store.settlements.read(first, s, facts())).toThrow("FP2004");
});

test("bytes with their CRC come back, damaged ones do not", () => {
  for (const data of [Buffer.alloc(0), Buffer.from("x"), Buffer.alloc(5000, 3)]) {
    const whole = withCrc(data);
    expect(checkedCrc(whole, "it").equals(data)).toBe(true);
    for (const at of [0, whole.length >> 1, whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 8;
      expect(() => checkedCrc(damaged, "it")).toThrow("FP2004");
    }
    expect(() => checkedCrc(whole.subarray(0, 3), "it")).toThrow("FP2004");
  }
});

test("a warning is told once, and taken back", () => {
  const at = { partitionId: 1, position: 5 };
  store.commit(() => {
    store.partitions.of("folder", "f");
    store.warnings.set("S1", "parts_differ", at, "D");
    store.warnings.set("S1", "parts_differ", at, "D");
    store.warnings.set("S1", "second_refund", at, "2 refunds");
  });
  const count = (): unknown => store.db.prepare("SELECT count(*) FROM warning").pluck().get();
  expect(count()).toBe(2);
  store.commit(() => store.warnings.drop("S1", ["parts_differ", "partial_refund"]));
  expect(count()).toBe(1);
});

test("an invariant that does not hold stops the commit: nothing of it is kept, and the error has a number", () => {
  store.commit(() => store.partitions.of("source", "0"));
  const { id } = store.partitions.find("source", "0")!;
  expect(() => store.commit(() => store.partitions.tally(id, "applied", 2, 1))).toThrow(
    /1 more outcomes.*FP2015/,
  );
  const [kept, sequence] = afterKill((s) => [s.partitions.find("source", "0"), s.sequence]);
  expect(kept).toMatchObject({ received: 0, applied: 0 });
  expect(sequence).toBe(1);
  expect(() => store.commit(() => store.settlements.ids.insert(["a"], 0))).toThrow(/FP2015/);
});

test("a day that cannot be packed is refused before it is kept", () => {
  const writer = store.settlements.writer();
  const s = new Settlement();
  expect(() => writer.add(s, { ...facts(), day: -1 })).toThrow(/FP2015/);
});
