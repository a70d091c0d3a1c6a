import { type OffsetRange, partitionKey } from "./topics.js";

/** Fetches without a record, from every broker, after which nothing more is to come (an aborted tail). */
const IDLE_FETCHES = 6;

interface Reading {
  /** Everything before it is durable, or was nothing for us. */
  read: number;
  end: number;
  assigned: boolean;
  /** False while the last record applied has still to be recognised. */
  settled: boolean;
}

/** How far each partition has been read, and whether all have been read to their end. */
export class ReadingProgress {
  private readonly partitions = new Map<string, Reading>();
  private readonly idle = new Map<string, number>();

  /** The ends of logs as the broker names them. */
  ends(ranges: ReadonlyMap<string, OffsetRange>): void {
    for (const [key, range] of ranges) {
      const known = this.partitions.get(key);
      if (known === undefined) {
        this.partitions.set(key, { read: range.low, end: range.high, assigned: false, settled: true });
      } else known.end = Math.max(known.end, range.high);
    }
  }

  /** A new assignment of partitions; the others are read by nobody, or by another member. */
  assigned(keys: ReadonlySet<string>): void {
    for (const [key, reading] of this.partitions) reading.assigned = keys.has(key);
    this.idle.clear();
  }

  at(topic: string, partition: number, read: number, settled: boolean, end?: number): void {
    const key = partitionKey(topic, partition);
    const known = this.partitions.get(key) ?? { read: 0, end: 0, assigned: true, settled };
    known.read = Math.max(known.read, read);
    known.settled = settled;
    if (end !== undefined) known.end = Math.max(known.end, end);
    this.partitions.set(key, known);
  }

  /** The partition is read from another place on, or is another log than before. */
  anew(topic: string, partition: number, read: number, end: number): void {
    const key = partitionKey(topic, partition);
    const assigned = this.partitions.get(key)?.assigned ?? false;
    this.partitions.set(key, { read, end, assigned, settled: true });
  }

  /** A broker answered a fetch. */
  fetched(node: string): void {
    this.idle.set(node, (this.idle.get(node) ?? -1) + 1);
  }

  /** Records came. */
  busy(): void {
    this.idle.clear();
  }

  position(key: string): number | undefined {
    return this.partitions.get(key)?.read;
  }

  get assignedCount(): number {
    return [...this.partitions.values()].filter((p) => p.assigned).length;
  }

  get count(): number {
    return this.partitions.size;
  }

  /** True when nothing is left to read, as far as the known ends tell. */
  caughtUp(): boolean {
    const quiet = this.idle.size > 0 && [...this.idle.values()].every((n) => n >= IDLE_FETCHES);
    for (const { read, end, assigned, settled } of this.partitions.values()) {
      if (!assigned || !settled) return false;
      if (read < end && !quiet) return false;
    }
    return this.partitions.size > 0;
  }
}
