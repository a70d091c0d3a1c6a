import { createHash } from "node:crypto";
import { FundpulseError } from "../../schemas/errors.js";
import type { Position } from "../ports/source.js";
import { type OffsetRange, partitionName, rangeProblem } from "./topics.js";

/** What a fetch returned, by offsets; filtered records (aborted, control) are part of it. */
export interface FetchShape {
  /** The offset that was asked for. */
  readonly fetched: number;
  readonly first: number;
  readonly last: number;
  /** Number of records from `first` to `last`. */
  readonly count: number;
}

/** How often a fetch that does not fit is asked for again before the broker is asked for its range. */
const RETRIES = 2;

/** Recognises a record again: its time and a digest of its value (64 bits). */
export function fingerprintOf(timestamp: string, value: Buffer | null): string {
  const digest = createHash("sha256");
  if (value !== null) digest.update(value);
  return `${timestamp}:${value === null ? "null" : digest.digest("base64url").slice(0, 11)}`;
}

/**
 * Watches that one partition is read without a gap, whatever the client library does: every fetch must
 * start where the one before ended, and the last record that we applied must still be the one in the log.
 * Made anew at each (re)join of the group; knows nothing of the network.
 */
export class PartitionGuard {
  /** Where reading begins: the last record applied (to recognise it), else the next one. */
  start: number;
  /** Offset that the next fetch must ask for. */
  expected: number;
  /** False until the last record applied has been seen again. */
  verified: boolean;
  private strikes = 0;

  constructor(
    readonly sourcePartition: Pick<Position, "source" | "partition">,
    stored: Position | undefined,
    private range: OffsetRange | undefined,
    private readonly compacted: boolean,
  ) {
    this.start = this.startFor(stored);
    this.expected = this.start;
    this.verified = !this.mustSee(stored);
  }

  private startFor(stored: Position | undefined): number {
    const low = this.range?.low ?? 0;
    return stored === undefined ? low : Math.max(stored.lastApplied ?? stored.next, low);
  }

  private mustSee(stored: Position | undefined): boolean {
    return stored !== undefined && stored.lastApplied !== null && stored.lastApplied >= this.start;
  }

  /** Records that the library filtered out on the way: they explain where the next fetch starts. */
  filtered(first: number | null, last: number): void {
    const from = first ?? last;
    // Anything else leaves `expected` where it was, and the next fetch is judged as a jump.
    if (from === this.expected || (this.compacted && from > this.expected)) this.expected = last + 1;
  }

  /** `back`: the library stepped back. `again`: ask once more. `ask`: it did not fit several times. */
  check(shape: FetchShape): "fits" | "back" | "again" | "ask" {
    if (shape.fetched < this.expected) return "back";
    const whole = shape.first === shape.fetched && shape.count === shape.last - shape.first + 1;
    if (shape.fetched === this.expected && (whole || this.compacted)) {
      this.strikes = 0;
      return "fits";
    }
    return ++this.strikes <= RETRIES ? "again" : "ask";
  }

  /** The stored position is another one, in a log of another range; the caller seeks to `start`. */
  begin(stored: Position | undefined, range: OffsetRange): void {
    this.range = range;
    this.strikes = 0;
    this.rewind(stored);
  }

  /** Begins again at the stored position; the caller seeks to `start`. */
  rewind(stored: Position | undefined): void {
    this.start = this.startFor(stored);
    this.expected = this.start;
    this.verified = !this.mustSee(stored);
  }

  /**
   * After a step back or a repeated misfit, with the range that the broker names now: the error that ends
   * reading, or null when the broker explains it.
   */
  explain(shape: FetchShape, stored: Position | undefined, range: OffsetRange): FundpulseError | null {
    const problem = stored === undefined ? null : rangeProblem(stored, range);
    if (problem !== null) return problem;
    const floor = stored === undefined ? range.low : Math.max(stored.next, range.low);
    if (shape.fetched > Math.max(this.expected, floor)) {
      return new FundpulseError(
        "FP3003",
        `${partitionName(this.sourcePartition)}: reading jumped from ${this.expected} to ${shape.fetched}, ` +
          `though the broker holds ${range.low} to ${range.high - 1}`,
      );
    }
    this.range = range;
    this.strikes = 0;
    this.expected = shape.fetched;
    this.verified = stored?.lastApplied == null || stored.lastApplied < range.low;
    return null;
  }

  /** Looks at a record that was applied before; FP3003 when another one stands in its place. */
  recognise(offset: number, fingerprint: () => string, stored: Position | undefined): void {
    if (stored === undefined || offset !== stored.lastApplied) return;
    const found = fingerprint();
    if (stored.fingerprint !== null && found !== stored.fingerprint) {
      throw new FundpulseError(
        "FP3003",
        `${partitionName(this.sourcePartition)}: another record stands at offset ${offset}, the last one applied ` +
          `(${stored.fingerprint} then, ${found} now)`,
      );
    }
    this.verified = true;
  }

  /** Before the first new record: FP3003 when the last one applied did not come by. */
  assertVerified(stored: Position | undefined): void {
    if (!this.verified && this.compacted) this.verified = true;
    if (this.verified) return;
    throw new FundpulseError(
      "FP3003",
      `${partitionName(this.sourcePartition)}: the record at offset ${stored?.lastApplied}, the last one applied, is not in the log any more`,
    );
  }

  /** A fetch has been dealt with to its end. */
  done(last: number): void {
    this.expected = last + 1;
  }
}
