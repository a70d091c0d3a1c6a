import { setTimeout as sleep } from "node:timers/promises";
import type { Admin } from "kafkajs";
import type { KafkaSourceConfig } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import type { Position, SourceContext } from "../ports/source.js";
import {
  type OffsetRange,
  partitionKey,
  planTopics,
  rangeProblem,
  readRanges,
  sourceName,
  type TopicPlan,
} from "./topics.js";

/** How often, and how far apart, a range that does not fit is looked up: a leader may be new. */
const LOOKS = 3;
const LOOK_AGAIN_MS = 500;

/** Whether a loss is accepted, and reading goes on behind it. */
export type AcceptLoss = (
  position: Position,
  problem: FundpulseError,
  range: OffsetRange | undefined,
) => Promise<boolean>;

/** What the broker holds, as last looked up, against where we stand. */
export class LogWatch {
  plan: TopicPlan = { streams: new Map(), ranges: new Map(), compacted: new Set(), missing: [] };
  /** By `partitionKey`; also of topics that the latest look did not find. */
  readonly ranges = new Map<string, OffsetRange>();

  constructor(
    private readonly admin: Admin,
    private readonly config: KafkaSourceConfig,
    private readonly context: SourceContext,
  ) {}

  get topics(): readonly string[] {
    return [...this.plan.streams.keys()];
  }

  /** Looks up topics and ranges; FP3005 when one that must be there is missing. */
  async look(): Promise<void> {
    const plan = await planTopics(this.admin, this.config, (topic) =>
      this.context.partitions(sourceName(topic)),
    );
    const gone = this.topics.filter((topic) => !plan.streams.has(topic));
    if (gone.length > 0) {
      throw new FundpulseError("FP3005", `topic ${gone.join(", ")} does not exist any more`);
    }
    this.plan = plan;
    for (const [key, range] of plan.ranges) this.ranges.set(key, range);
  }

  /** The present ranges of all topics. */
  async present(): Promise<ReadonlyMap<string, OffsetRange>> {
    const ranges = new Map<string, OffsetRange>();
    for (const topic of this.topics) await readRanges(this.admin, topic, ranges);
    return ranges;
  }

  /** The present range of one partition. */
  async rangeOf(topic: string, partition: number, stored: () => Position | undefined): Promise<OffsetRange> {
    const key = partitionKey(topic, partition);
    for (let attempt = 1; ; attempt++) {
      const found = new Map<string, OffsetRange>();
      await readRanges(this.admin, topic, found);
      const range = found.get(key);
      if (range === undefined) {
        throw new FundpulseError("FP3003", `topic ${topic} partition ${partition} does not exist any more`);
      }
      this.ranges.set(key, range);
      if (range.high >= (stored()?.next ?? 0) || attempt === LOOKS) return range;
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /**
   * Throws FP3002 or FP3003 when a stored position does not lie in its log, whatever `accept` is asked: it hears of each
   * position that does not when the looks at it are over, and its true lets that one go.
   */
  async check(accept: AcceptLoss): Promise<void> {
    const { context, admin } = this;
    for (const topic of this.topics) {
      for (let attempt = 1; ; attempt++) {
        // Positions from before the look: a log only grows, and only its start may pass them meanwhile.
        const stored = context.partitions(sourceName(topic));
        if (attempt > 1) await readRanges(admin, topic, this.ranges);
        const misfits = stored.flatMap((position) => {
          const now = context.committed(position.source, position.partition) ?? position;
          const range = this.ranges.get(partitionKey(topic, position.partition));
          const kind = rangeProblem(position, range);
          const problem = kind?.code === "FP3002" ? rangeProblem(now, range) : kind;
          return problem === null ? [] : [{ position, range, problem }];
        });
        if (misfits.length === 0) break;
        if (attempt < LOOKS) {
          await sleep(LOOK_AGAIN_MS);
          continue;
        }
        for (const { position, range, problem } of misfits)
          if (!(await accept(position, problem, range))) throw problem;
        break;
      }
    }
  }
}
