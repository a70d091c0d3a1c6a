import kafkajs, { type Admin } from "kafkajs";
import type { KafkaSourceConfig } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { STREAM_NAMES, STREAMS, type StreamName } from "../../schemas/input/streams.js";
import type { Position } from "../ports/source.js";

/** What a partition holds now: offsets `low` to `high - 1`. */
export interface OffsetRange {
  readonly low: number;
  readonly high: number;
}

/** The topics that exist, what each carries and holds. */
export interface TopicPlan {
  readonly streams: ReadonlyMap<string, StreamName>;
  /** By `partitionKey`. */
  readonly ranges: ReadonlyMap<string, OffsetRange>;
  /** Topics whose log may have holes because it is compacted. */
  readonly compacted: ReadonlySet<string>;
  /** Default topics that do not exist. */
  readonly missing: readonly string[];
}

export const partitionKey = (topic: string, partition: number | string): string => `${topic}/${partition}`;
const SOURCE = "kafka:";
export const sourceName = (topic: string): string => SOURCE + topic;
/** The topic of a `sourceName`. */
export const topicOf = (source: string): string => source.slice(SOURCE.length);
/** Topic and partition of a `partitionKey`; the name of a topic has no slash, and nothing here relies on it. */
export function splitKey(key: string): readonly [topic: string, partition: string] {
  const cut = key.lastIndexOf("/");
  return [key.slice(0, cut), key.slice(cut + 1)];
}

/**
 * Configured topics; the default ones may be missing, those that the configuration names may not. Settlements may be
 * left to another engine.
 */
function wantedTopics(config: KafkaSourceConfig): {
  readonly topics: ReadonlyMap<string, StreamName>;
  readonly named: boolean;
} {
  const topics = new Map<string, StreamName>();
  for (const stream of STREAM_NAMES) {
    const topic = config.topics[stream];
    if (topic !== undefined) topics.set(topic, stream);
  }
  const named = STREAM_NAMES.some(
    (s) => config.topics[s] !== STREAMS[s].topic && !(s === "settlement" && config.topics[s] === undefined),
  );
  return { topics, named };
}

/**
 * Looks up topics, their offsets and policy. Throws FP3005 when a named topic, one that was read before
 * (`known`), or every topic is missing.
 */
export async function planTopics(
  admin: Admin,
  config: KafkaSourceConfig,
  known: (topic: string) => readonly Position[],
): Promise<TopicPlan> {
  const wanted = wantedTopics(config);
  const present = new Set(await admin.listTopics());
  const streams = new Map([...wanted.topics].filter(([topic]) => present.has(topic)));
  const missing = [...wanted.topics.keys()].filter((topic) => !present.has(topic));
  const lost = missing.filter((topic) => wanted.named || known(topic).length > 0);
  const where = `on ${config.brokers.join(", ")}`;
  if (lost.length > 0) {
    const read = known(lost[0]).reduce((sum, p) => sum + p.next, 0);
    const before = read > 0 ? ` (read before up to ${read} records)` : "";
    throw new FundpulseError("FP3005", `topic ${lost.join(", ")} does not exist ${where}${before}`);
  }
  if (streams.size === 0) {
    throw new FundpulseError("FP3005", `none of the topics ${missing.join(", ")} exists ${where}`);
  }
  const ranges = new Map<string, OffsetRange>();
  for (const topic of streams.keys()) await readRanges(admin, topic, ranges);
  return { streams, ranges, compacted: await compactedTopics(admin, [...streams.keys()]), missing };
}

/** Adds the present range of each partition of a topic. */
export async function readRanges(admin: Admin, topic: string, into: Map<string, OffsetRange>): Promise<void> {
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    into.set(partitionKey(topic, partition), { low: Number(low), high: Number(high) });
  }
}

/** Where the configuration may not be read, a topic counts as not compacted: the stricter case. */
async function compactedTopics(admin: Admin, topics: string[]): Promise<ReadonlySet<string>> {
  try {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: topics.map((name) => ({
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name,
        configNames: ["cleanup.policy"],
      })),
    });
    const compacts = resources.filter((r) =>
      r.configEntries.some((c) => /compact/.test(c.configValue ?? "")),
    );
    return new Set(compacts.map((r) => r.resourceName));
  } catch {
    return new Set();
  }
}

/**
 * Whether a partition still holds what follows our position. FP3002: records that we have not read are
 * gone. FP3003: the log ends before our position, so it is not the log that we read.
 */
export function rangeProblem(position: Position, range: OffsetRange | undefined): FundpulseError | null {
  const where = `${partitionName(position)}: `;
  const { next } = position;
  if (range === undefined) {
    return next === 0
      ? null
      : new FundpulseError(
          "FP3003",
          `${where}the partition does not exist any more, and we stand at ${next}`,
        );
  }
  if (range.low > next) {
    return new FundpulseError(
      "FP3002",
      `${where}records ${next} to ${range.low - 1} are gone (we stand at ${next}, the log starts at ${range.low})`,
    );
  }
  if (range.high < next) {
    return new FundpulseError("FP3003", `${where}the log ends at ${range.high}, but we stand at ${next}`);
  }
  return null;
}

export const partitionName = (position: Pick<Position, "source" | "partition">): string =>
  `topic ${topicOf(position.source)} partition ${position.partition}`;
