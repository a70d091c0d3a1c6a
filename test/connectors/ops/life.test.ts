import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLife } from "../../../connectors/ops/life.js";
import type { Log } from "../../../connectors/ports/log.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const batch = (applied: number) => ({
  ...{ source: "kafka:a", partition: "0", applied, duplicate: 1, held: 0, quarantined: 0, seconds: 0.1 },
});

test("the log tells that it catches up, has caught up, and each minute what was done", () => {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (event: string, detail: Record<string, unknown> = {}): void =>
      void lines.push(`${level} ${event} ${JSON.stringify(detail)}`);
  const log: Log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
  const life = createLife(log, Date.now);
  life.begin();
  life.lag([{ source: "kafka:a", partition: "0", lag: 50_000 }]);
  life.batch(batch(49_999));
  life.published({ version: 3, seconds: 0.5, watermark: null, appendToVisibleSeconds: [] });
  vi.advanceTimersByTime(2_000);
  life.lag([{ source: "kafka:a", partition: "0", lag: 0 }]);
  life.drained();
  vi.advanceTimersByTime(58_000);
  life.batch(batch(9));
  life.lag([{ source: "kafka:a", partition: "0", lag: 4, inOpenTransactions: 4 }]);
  vi.advanceTimersByTime(60_000);
  life.end();
  vi.advanceTimersByTime(600_000);
  expect(lines).toEqual([
    'info catching up {"records":50000}',
    'debug published {"version":3,"seconds":0.5}',
    'info caught up {"records":50000,"seconds":2,"version":3}',
    'info totals {"records":50000,"applied":49999,"duplicate":1,"held":0,"quarantined":0,"publishes":1,"sinceStart":50000,"lag":0,"version":3}',
    'warn records wait for an open transaction {"records":4}',
    'info totals {"records":10,"applied":9,"duplicate":1,"held":0,"quarantined":0,"publishes":0,"sinceStart":50010,"lag":4,"inOpenTransactions":4,"version":3}',
  ]);
});
