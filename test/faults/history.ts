import { simulatedEvents } from "../../pipelines/simulate/simulate.js";
import type { SimEvent } from "../../pipelines/simulate/write/event.js";
import { copied, filesOf, ROUGH } from "../support/events.js";

const FREE = {
  events: 1_800,
  persons: 300,
  facilities: 6,
  months: 4,
  firstMonth: "2023-11",
  ...ROUGH,
} as const;

/** The history is sent in so many pieces; a round begins behind the first half of them. */
export const PIECES = 6;

export const CONFIG = {
  periods: { firstDay: "2023-11-01", keepDays: 20, keepFacilityDays: 5 },
  groupings: ["total", "care", "care+category", "care+tier"],
  publish: { everySeconds: 0.05 },
  ops: { port: 0 },
  log: { level: "fatal" },
};

/** The events of all rounds, in pieces. */
export function pieces(): SimEvent[][] {
  const events = Array.from(simulatedEvents({ profile: "free", seed: 11, free: FREE }), copied);
  const size = Math.ceil(events.length / PIECES);
  return Array.from({ length: PIECES }, (_, i) => events.slice(i * size, (i + 1) * size));
}

/** The same as files of the drop folder, by piece. */
export function files(): [string, Buffer][][] {
  return pieces().map((events, i) =>
    filesOf(
      events,
      events.length,
      i % 2 === 0 ? { format: "ndjson" } : { format: "avro", codec: "deflate" },
    ).map(([name, bytes]): [string, Buffer] => [name.replace("0001", `000${i + 1}`), bytes]),
  );
}
