import { afterEach, describe, expect, it } from "vitest";
import type { Position, Source, SourceBatch, SourceContext } from "../../connectors/ports/source.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { StreamName } from "../../schemas/input/streams.js";

/** One place that a source reads from, made new for each test. */
export interface SourceHarness {
  /** A source on this place; opened several times, one after the other. */
  open(): Promise<Source>;
  /**
   * Appends records to a partition (0 or 1) of a stream. Values are JSON objects of the stream. A source
   * whose partitions end (files) begins a new one at each call.
   */
  produce(stream: StreamName, values: readonly string[], partition: number): Promise<void>;
  dispose(): Promise<void>;
}

/** A record as the program sees it. */
export interface Seen {
  readonly source: string;
  readonly partition: string;
  readonly position: number;
  readonly stream: StreamName;
  readonly value: string | null;
}

/** A store of positions and records as the program keeps them: both change in one step, or not at all. */
export class MemoryState {
  readonly positions = new Map<string, Position>();
  readonly seen: Seen[] = [];
  readonly warnings: string[] = [];

  context(signal: AbortSignal = new AbortController().signal): SourceContext {
    return {
      committed: (source, partition) => this.positions.get(`${source}/${partition}`),
      partitions: (source) => [...this.positions.values()].filter((p) => p.source === source),
      signal,
      warn: (event) => void this.warnings.push(event),
      changedAs: () => undefined,
      changed: async () => undefined,
      restored: async () => undefined,
    };
  }

  /** Applies a batch, checking what the port promises about positions. */
  apply(batch: SourceBatch): void {
    const { position } = batch;
    const key = `${position.source}/${position.partition}`;
    const before = this.positions.get(key)?.next ?? 0;
    const values = textValues(batch);
    expect(batch.positions.length).toBe(values.length);
    let last = before - 1;
    for (let i = 0; i < values.length; i++) {
      const at = batch.positions[i];
      expect(at).toBeGreaterThan(last);
      last = at;
      this.seen.push({
        source: position.source,
        partition: position.partition,
        position: at,
        stream: batch.stream,
        value: values[i],
      });
    }
    expect(position.next).toBeGreaterThan(last);
    if (values.length > 0) expect(position.lastApplied).toBe(last);
    this.positions.set(key, position);
  }

  values(stream?: StreamName): (string | null)[] {
    return this.seen.filter((s) => stream === undefined || s.stream === stream).map((s) => s.value);
  }
}

function textValues(batch: SourceBatch): (string | null)[] {
  if (batch.payload.kind !== "values")
    throw new Error(`the contract suite feeds JSON, got ${batch.payload.kind}`);
  return batch.payload.values.map((value) => value?.toString("utf8").trimEnd() ?? null);
}

/** Reads until drained into `state`. */
export async function drain(
  source: Source,
  state: MemoryState,
  hooks: { deliver?: (batch: SourceBatch) => Promise<void> } = {},
): Promise<{ drained: number }> {
  let drained = 0;
  const deliver = hooks.deliver ?? (async (batch: SourceBatch) => state.apply(batch));
  await source.run(state.context(), deliver, { untilDrained: true, onDrained: () => void drained++ });
  return { drained };
}

const record = (n: number): string => JSON.stringify({ setl_id: `S${n}`, fee: "1.00" });
export const records = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => record(from + i));

/** Facts that hold for every source. `create` makes an empty place with room for two partitions. */
export function sourceContract(name: string, create: () => Promise<SourceHarness>): void {
  describe(`${name} keeps the contract of a source`, () => {
    let harness: SourceHarness;
    const opened: Source[] = [];
    const begin = async (): Promise<void> => {
      harness = await create();
    };
    const open = async (): Promise<Source> => {
      const source = await harness.open();
      opened.push(source);
      return source;
    };
    afterEach(async () => {
      for (const source of opened.splice(0)) await source.close();
      await harness.dispose();
    });

    it("delivers every record once, in the order of its partition", async () => {
      await begin();
      await harness.produce("settlement", records(0, 300), 0);
      await harness.produce("settlement", records(1000, 200), 1);
      const state = new MemoryState();
      await drain(await open(), state);
      expect(state.values()).toHaveLength(500);
      const byPartition = new Map<string, (string | null)[]>();
      for (const s of state.seen) {
        byPartition.set(s.partition, [...(byPartition.get(s.partition) ?? []), s.value]);
      }
      expect([...byPartition.values()].sort((a, b) => b.length - a.length)).toEqual([
        records(0, 300),
        records(1000, 200),
      ]);
    });

    it("names the stream of each record", async () => {
      await begin();
      await harness.produce("settlement", records(0, 3), 0);
      await harness.produce("facility", ['{"fixmedins_code":"H1","admdvs":"620725"}'], 0);
      const state = new MemoryState();
      await drain(await open(), state);
      expect(state.values("settlement")).toEqual(records(0, 3));
      expect(state.values("facility")).toEqual(['{"fixmedins_code":"H1","admdvs":"620725"}']);
    });

    it("says drained when there is nothing to read", async () => {
      await begin();
      const state = new MemoryState();
      const { drained } = await drain(await open(), state);
      expect(drained).toBeGreaterThan(0);
      expect(state.seen).toEqual([]);
    });

    it("goes on exactly after the committed position", async () => {
      await begin();
      await harness.produce("settlement", records(0, 100), 0);
      const state = new MemoryState();
      await drain(await open(), state);
      await drain(await open(), state);
      expect(state.values()).toEqual(records(0, 100));
      await harness.produce("settlement", records(100, 50), 0);
      await drain(await open(), state);
      expect(state.values()).toEqual(records(0, 150));
    });

    it("delivers a batch again when it was not committed, and only that", async () => {
      await begin();
      await harness.produce("settlement", records(0, 40), 0);
      const state = new MemoryState();
      await drain(await open(), state);
      await harness.produce("settlement", records(40, 40), 0);
      const failing = drain(await open(), state, {
        deliver: async () => {
          throw new FundpulseError("FP2004", "the state refused");
        },
      });
      await expect(failing).rejects.toThrow(/the state refused.*FP2004/);
      expect(state.values()).toEqual(records(0, 40));
      await drain(await open(), state);
      expect(state.values()).toEqual(records(0, 80));
    });

    it("rethrows what deliver throws, once, and delivers nothing more", async () => {
      await begin();
      await harness.produce("settlement", records(0, 10), 0);
      await harness.produce("settlement", records(100, 10), 1);
      let calls = 0;
      const run = drain(await open(), new MemoryState(), {
        deliver: async () => {
          calls++;
          throw new RangeError("no room");
        },
      });
      await expect(run).rejects.toThrow("no room");
      expect(calls).toBe(1);
    });

    it("has one delivery under way at a time", async () => {
      await begin();
      for (let i = 0; i < 5; i++) await harness.produce("settlement", records(i * 100, 20), i % 2);
      const state = new MemoryState();
      let under = 0;
      await drain(await open(), state, {
        deliver: async (batch) => {
          expect(++under).toBe(1);
          await new Promise((resolve) => setTimeout(resolve, 5));
          state.apply(batch);
          under--;
        },
      });
      expect(state.seen).toHaveLength(100);
    });

    it("stops when told to and goes on from there", async () => {
      await begin();
      await harness.produce("settlement", records(0, 500), 0);
      const state = new MemoryState();
      const stop = new AbortController();
      const source = await open();
      await source.run(
        state.context(stop.signal),
        async (batch) => {
          state.apply(batch);
          stop.abort();
        },
        { untilDrained: false, onDrained: () => undefined },
      );
      await source.close();
      await drain(await open(), state);
      expect(state.values()).toEqual(records(0, 500));
    });

    it("reads what arrives while it runs and says when it has caught up", async () => {
      await begin();
      await harness.produce("settlement", records(0, 10), 0);
      const state = new MemoryState();
      const stop = new AbortController();
      let drains = 0;
      const source = await open();
      const running = source.run(state.context(stop.signal), async (batch) => state.apply(batch), {
        untilDrained: false,
        onDrained: () => void drains++,
      });
      const until = async (fact: () => boolean): Promise<void> => {
        while (!fact()) await new Promise((resolve) => setTimeout(resolve, 10));
      };
      await until(() => state.seen.length === 10 && drains > 0);
      const before = drains;
      await harness.produce("settlement", records(10, 10), 0);
      await until(() => state.seen.length === 20 && drains > before);
      stop.abort();
      await running;
      expect(state.values()).toEqual(records(0, 20));
    });

    it("tells its lag without naming a partition twice", async () => {
      await begin();
      await harness.produce("settlement", records(0, 10), 0);
      const state = new MemoryState();
      const source = await open();
      await drain(source, state);
      const lags = await source.lag();
      const names = lags.map((l) => `${l.source}/${l.partition}`);
      expect(new Set(names).size).toBe(names.length);
      for (const { lag } of lags) expect(lag === null || lag === 0).toBe(true);
    });

    it("passes its check where it can be reached, in one line", async () => {
      await begin();
      const text = await (await open()).check();
      expect(text).not.toBe("");
      expect(text).not.toContain("\n");
    });
  });
}
