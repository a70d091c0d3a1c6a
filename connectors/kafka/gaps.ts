import { FundpulseError } from "../../schemas/errors.js";
import type { Position, SourceContext } from "../ports/source.js";
import { type OffsetRange, partitionKey, sourceName } from "./topics.js";

const LOSS: ReadonlySet<string> = new Set(["FP3002", "FP3003"]);

/** Losses that somebody accepts in advance, by topic or partition; each is accepted once. */
export class AcceptedGaps {
  private readonly wanted: Set<string>;
  private readonly used = new Set<string>();

  constructor(
    names: readonly string[],
    private readonly context: SourceContext,
  ) {
    this.wanted = new Set(names);
  }

  /** @throws FundpulseError FP1003 for a name that is no topic or partition of ours. */
  check(topics: readonly string[], ranges: ReadonlyMap<string, OffsetRange>): void {
    const known = (name: string): boolean =>
      topics.includes(name) ||
      ranges.has(name) ||
      topics.some((topic) =>
        this.context.partitions(sourceName(topic)).some((p) => partitionKey(topic, p.partition) === name),
      );
    const unknown = [...this.wanted].find((name) => !known(name));
    if (unknown === undefined) return;
    throw new FundpulseError("FP1003", `--accept-gap ${unknown} is no topic or partition that is read`, {
      action: `write <topic> or <topic>/<partition> of ${topics.join(", ")}`,
    });
  }

  /**
   * Accepts a loss in a partition when that was asked for: it is kept, and reading goes on at the log's start. False: the
   * problem stands.
   */
  accept(
    topic: string,
    stored: Position | undefined,
    problem: unknown,
    range: OffsetRange | undefined,
  ): boolean {
    if (stored === undefined || !(problem instanceof FundpulseError) || !LOSS.has(problem.code)) return false;
    const key = partitionKey(topic, stored.partition);
    if (this.used.has(key) || !(this.wanted.has(key) || this.wanted.has(topic))) return false;
    this.used.add(key);
    const next = range?.low ?? 0;
    const { source, partition } = stored;
    const expired = problem.code === "FP3002";
    const [fromNext, toNext] = [stored.next, expired ? next : stored.next];
    const gap = {
      source,
      partition,
      kind: expired ? ("expired" as const) : ("recreated" as const),
      fromNext,
      toNext,
    };
    this.context.warn("kafka gap accepted", {
      topic,
      partition,
      problem: problem.code,
      from: fromNext,
      next,
    });
    this.context.lost?.(gap, { ...stored, next, lastApplied: null, fingerprint: null });
    return true;
  }
}
