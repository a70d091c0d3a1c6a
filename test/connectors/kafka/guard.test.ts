import { describe, expect, it } from "vitest";
import { type FetchShape, fingerprintOf, PartitionGuard } from "../../../connectors/kafka/guard.js";
import type { Position } from "../../../connectors/ports/source.js";

const sourcePartition = { source: "kafka:t", partition: "3" };
const stored = (next: number, lastApplied: number | null = next - 1): Position => ({
  ...sourcePartition,
  next,
  lastApplied,
  fingerprint: lastApplied === null ? null : fingerprintOf("1", Buffer.from(`v${lastApplied}`)),
  finished: false,
});
const fetch = (fetched: number, last: number, first = fetched, count = last - first + 1): FetchShape => ({
  fetched,
  first,
  last,
  count,
});
const guard = (position?: Position, range = { low: 0, high: 1000 }, compacted = false): PartitionGuard =>
  new PartitionGuard(sourcePartition, position, range, compacted);
const seen = (offset: number) => () => fingerprintOf("1", Buffer.from(`v${offset}`));

describe("the guard of a Kafka partition", () => {
  it("begins at the last record applied, a new partition at the log's start", () => {
    expect(guard(stored(100)).start).toBe(99);
    expect(guard(stored(100, null)).start).toBe(100);
    expect(guard(stored(100), { low: 100, high: 200 }).start).toBe(100);
    expect(guard(undefined, { low: 40, high: 200 }).start).toBe(40);
    expect(new PartitionGuard(sourcePartition, undefined, undefined, false).start).toBe(0);
  });

  it("takes fetches that follow one another", () => {
    const g = guard(stored(100));
    expect(g.check(fetch(99, 150))).toBe("fits");
    g.done(150);
    expect(g.check(fetch(151, 160))).toBe("fits");
  });

  it("takes what was filtered out for an explanation, but only where it was expected", () => {
    const g = guard(stored(100, null));
    g.filtered(100, 119);
    g.filtered(null, 120);
    expect(g.check(fetch(121, 130))).toBe("fits");
    g.done(130);
    g.filtered(140, 150);
    expect(g.check(fetch(151, 160))).toBe("again");
  });

  it("asks twice again for a fetch that jumps, then asks the broker", () => {
    const g = guard(stored(100, null));
    expect([1, 2, 3].map(() => g.check(fetch(120, 130)))).toEqual(["again", "again", "ask"]);
  });

  it("stops at a jump that the broker does not explain", () => {
    const error = guard(stored(100, null)).explain(fetch(120, 130), stored(100, null), {
      low: 50,
      high: 500,
    });
    expect(error?.message).toMatch(/topic t partition 3: reading jumped from 100 to 120.* 50 to 499.*FP3003/);
  });

  it("stops at a jump over records that are gone", () => {
    const error = guard(stored(100)).explain(fetch(120, 130), stored(100), { low: 120, high: 500 });
    expect(error?.message).toMatch(/records 100 to 119 are gone.*FP3002/);
  });

  it("accepts that the log's start moved over what was read, or was never to be read", () => {
    const read = guard(stored(100));
    expect(read.explain(fetch(100, 130), stored(100), { low: 100, high: 500 })).toBeNull();
    expect(read.verified).toBe(true);
    expect(guard().explain(fetch(70, 130), undefined, { low: 70, high: 500 })).toBeNull();
  });

  it("does not take a fetch with a hole inside for whole, except in a compacted log", () => {
    expect(guard(stored(100, null)).check(fetch(100, 150, 100, 49))).toBe("again");
    expect(guard(stored(100, null)).check(fetch(100, 150, 101))).toBe("again");
    expect(guard(stored(100, null), { low: 0, high: 999 }, true).check(fetch(100, 150, 100, 49))).toBe(
      "fits",
    );
  });

  it("takes a step back for redelivery, if the log still reaches our position", () => {
    const g = guard(stored(100));
    expect(g.check(fetch(99, 150))).toBe("fits");
    g.done(150);
    expect(g.check(fetch(0, 60))).toBe("back");
    expect(g.explain(fetch(0, 60), stored(151), { low: 0, high: 160 })).toBeNull();
    expect(g.verified).toBe(false);
    expect(g.explain(fetch(0, 60), stored(151), { low: 0, high: 60 })?.code).toBe("FP3003");
  });

  it("recognises the last record applied by its time and content", () => {
    const g = guard(stored(100));
    expect(() => g.assertVerified(stored(100))).toThrow(/offset 99.*not in the log any more.*FP3003/);
    g.recognise(99, seen(99), stored(100));
    expect(() => g.assertVerified(stored(100))).not.toThrow();
    expect(() => g.recognise(99, seen(98), stored(100))).toThrow(
      /another record stands at offset 99.*FP3003/,
    );
  });

  it("tells an empty value from none, and shows no value", () => {
    expect(fingerprintOf("5", null)).toBe("5:null");
    expect(fingerprintOf("5", Buffer.alloc(0))).not.toBe("5:null");
    expect(fingerprintOf("5", Buffer.from("secret"))).toMatch(/^5:[\w-]{11}$/);
  });
});
