import { broken } from "../../schemas/invariant.js";
import { OUTCOMES, type Outcome } from "../ports/observer.js";
import type { Position } from "../ports/source.js";
import type { StateFile } from "./file.js";

/**
 * One partition of a source: how far it was read, and what became of its records (counts). The four outcomes add
 * up to `received`.
 */
export interface SourcePartition extends Position {
  readonly id: number;
  received: number;
  applied: number;
  duplicate: number;
  held: number;
  quarantined: number;
}

/** Positions and tallies of every partition, in memory and in the state file's table `place`. */
export class Partitions {
  readonly #known = new Map<string, SourcePartition>();
  readonly #byId = new Map<number, SourcePartition>();
  readonly #changed = new Set<SourcePartition>();
  /** Outcomes told in this commit less the records that they are of; 0 at its end. */
  readonly #over = new Map<SourcePartition, number>();

  constructor(private readonly file: StateFile) {
    for (const row of file.db.prepare("SELECT * FROM place").all() as Record<string, unknown>[]) {
      this.#add({
        ...(row as unknown as SourcePartition),
        lastApplied: row.last_applied as number | null,
        finished: row.finished === 1,
      });
    }
  }

  #add(partition: SourcePartition): SourcePartition {
    this.#known.set(`${partition.source}\u0001${partition.partition}`, partition);
    this.#byId.set(partition.id, partition);
    return partition;
  }

  all(): SourcePartition[] {
    return [...this.#known.values()];
  }

  byId(id: number): SourcePartition {
    return this.#byId.get(id)!;
  }

  find(source: string, partition: string): SourcePartition | undefined {
    return this.#known.get(`${source}\u0001${partition}`);
  }

  /** A partition, made at its first record. Only inside a commit. */
  of(source: string, partition: string): SourcePartition {
    const known = this.find(source, partition);
    if (known) return known;
    const id = Number(
      this.file.sql("INSERT INTO place (source, partition) VALUES (?, ?)").run(source, partition)
        .lastInsertRowid,
    );
    return this.#add({
      id,
      source,
      partition,
      next: 0,
      lastApplied: null,
      fingerprint: null,
      finished: false,
      received: 0,
      applied: 0,
      duplicate: 0,
      held: 0,
      quarantined: 0,
    });
  }

  /**
   * Moves records of a partition from or to an outcome; `received` are those that came with it. Kept with the
   * commit under way.
   */
  tally(partitionId: number, outcome: Outcome, change: number, received = 0): void {
    const partition = this.byId(partitionId);
    partition[outcome] += change;
    partition.received += received;
    this.#over.set(partition, (this.#over.get(partition) ?? 0) + change - received);
    this.#changed.add(partition);
  }

  /** The partition was read up to a position. Kept with the commit under way. */
  move(partition: SourcePartition, position: Position): void {
    Object.assign(partition, {
      next: position.next,
      lastApplied: position.lastApplied,
      fingerprint: position.fingerprint,
      finished: position.finished,
    });
    this.#changed.add(partition);
  }

  /** Keeps what changed. Only inside a commit. */
  save(): void {
    for (const p of this.#changed) {
      // What came is what became of it, and a position is a place in a log.
      const over = this.#over.get(p) ?? 0;
      if (over !== 0) broken(`${over} more outcomes than records of one partition`);
      // Held at the end alone: within a commit a record may leave an outcome before the batch is tallied into it.
      for (const outcome of OUTCOMES) if (p[outcome] < 0) broken(`${p[outcome]} records ${outcome}`);
      if (!Number.isSafeInteger(p.next) || p.next < 0) broken(`a partition is read up to ${p.next}`);
      this.file
        .sql(
          "UPDATE place SET next = ?, last_applied = ?, fingerprint = ?, finished = ?, received = ?, applied = ?, duplicate = ?, held = ?, quarantined = ? WHERE id = ?",
        )
        .run(
          p.next,
          p.lastApplied,
          p.fingerprint,
          p.finished ? 1 : 0,
          p.received,
          p.applied,
          p.duplicate,
          p.held,
          p.quarantined,
          p.id,
        );
    }
    this.#changed.clear();
    this.#over.clear();
  }
}
