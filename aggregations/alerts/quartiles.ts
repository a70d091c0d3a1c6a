import { minus, plus, type Rational } from "../rational.js";
import type { Reading } from "./readings.js";

/** Fewer peers than this in the jurisdiction: peers are taken wherever they are. */
export const LEAST_PEERS = 4;

const compare = (a: Rational, b: Rational): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** Quantile `part`/4 of values, between two neighbours in proportion, as DuckDB's quantile_cont. Null of none. */
export function quartile(values: readonly Rational[], part: 1 | 2 | 3): Rational | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort(compare);
  const place = (sorted.length - 1) * part;
  const low = sorted[Math.floor(place / 4)];
  const rest = place % 4;
  if (rest === 0) return low;
  const step = minus(sorted[Math.floor(place / 4) + 1], low);
  return plus(low, { n: step.n * BigInt(rest), d: step.d * 4n });
}

/**
 * The quartile of each reading's peers, itself among them: facilities of the same tier and kind in the
 * jurisdiction; where they are fewer than four, of the same tier and kind wherever they are. `counts` tells
 * which readings may stand for a peer at all.
 */
export function peerQuartiles(
  readings: readonly Reading[],
  part: 1 | 3,
  counts: (reading: Reading) => boolean,
): Map<Reading, Rational | null> {
  const groups = new Map<string, { local: Rational[]; all: Rational[] }>();
  for (const reading of readings) {
    if (reading.peers === undefined || reading.value === null || !counts(reading)) continue;
    const group = groups.get(reading.peers) ?? { local: [], all: [] };
    groups.set(reading.peers, group);
    group.all.push(reading.value);
    if (reading.local) group.local.push(reading.value);
  }
  const bounds = new Map(
    [...groups].map(([name, { local, all }]) => [
      name,
      {
        local: local.length < LEAST_PEERS ? null : quartile(local, part),
        all: all.length < LEAST_PEERS ? null : quartile(all, part),
      },
    ]),
  );
  return new Map(
    readings.map((reading) => {
      const bound = reading.peers === undefined ? undefined : bounds.get(reading.peers);
      return [reading, bound === undefined ? null : ((reading.local ? bound.local : null) ?? bound.all)];
    }),
  );
}
