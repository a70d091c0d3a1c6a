import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { FundpulseError } from "../../schemas/errors.js";
import type { KafkaConnection } from "../kafka/client.js";
import { createKafkaClient } from "../kafka/client.js";
import type { Log } from "../ports/log.js";
import { readMeta } from "./figure.js";
import type { JobManifest } from "./generate.js";
import { kafkaCalls } from "./kafka-calls.js";

/** What a figures topic says of the job that writes it. */
export interface FiguresTold {
  /** Digest and key check of the job; null where its record was not met. */
  readonly manifest: { readonly digest: string; readonly keyCheck: string } | null;
  /** Records of each topic that the figures are not of yet. */
  readonly lag: Readonly<Record<"settlement" | "facility", number>>;
  /** Records of figures that stand. */
  readonly figures: number;
  /** False where the topic was not read to its end in time. */
  readonly whole: boolean;
}

/** How long a topic is read at most. */
const READ_MS = 60_000;

/**
 * Reads the committed records of a figures topic to its present end, whichever job writes them: of its figures only how
 * many there are. Leaves nothing behind in the broker's groups.
 * @throws FundpulseError FP3001, FP3005 where Kafka cannot be reached; FP3102 where a topic of the job is not there
 */
export const readFiguresTopic = (
  connection: KafkaConnection,
  manifest: JobManifest,
  log: Log,
  readMs = READ_MS,
): Promise<FiguresTold> => kafkaCalls(connection, () => read(connection, manifest, log, readMs));

async function read(
  connection: KafkaConnection,
  manifest: JobManifest,
  log: Log,
  readMs: number,
): Promise<FiguresTold> {
  const kafka = createKafkaClient(connection, log, 5);
  const admin = kafka.admin();
  const { figures: topic } = manifest.topics;
  await admin.connect();
  const groupId = `${manifest.name}-status-${randomBytes(4).toString("hex")}`;
  const consumer = kafka.consumer({ groupId, readUncommitted: false });
  const next = { settlement: new Map<number, number>(), facility: new Map<number, number>() };
  const standing = new Set<string>();
  let found: FiguresTold["manifest"] = null;
  let at = -1;
  const take = (key: string, value: Buffer | null): void => {
    if (value === null) standing.delete(key);
    else standing.add(key);
    const figure = readMeta(key, value);
    if (figure === null) return;
    if (figure.kind === "progress") next[figure.stream].set(figure.partition, figure.last + 1);
    else if (figure.kind === "manifest") found = figure;
  };
  try {
    const present = new Set(await admin.listTopics());
    const missing = Object.values(manifest.topics).filter((t) => !present.has(t));
    if (missing.length > 0) {
      throw new FundpulseError(
        "FP3102",
        `topic ${missing.join(", ")} does not exist on ${connection.brokers.join(", ")}: no job of this configuration has run there`,
      );
    }
    const [{ low, high }] = await admin.fetchTopicOffsets(topic);
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: true,
      eachBatch: async ({ batch }) => {
        for (const { key, value } of batch.messages) {
          if (key) take(key.toString(), value);
        }
        // Markers of transactions end it too; no message has their offsets.
        at = Math.max(at, Number(batch.lastOffset()));
      },
    });
    const end = Date.now() + readMs;
    // The last offset is that of a transaction's marker.
    while (Number(high) > Number(low) && at < Number(high) - 2 && Date.now() < end) await sleep(100);
    const lagOf = async (stream: "settlement" | "facility"): Promise<number> =>
      (await admin.fetchTopicOffsets(manifest.topics[stream])).reduce((sum, ends) => {
        const read = next[stream].get(ends.partition) ?? Number(ends.low);
        return sum + Math.max(0, Number(ends.high) - read);
      }, 0);
    return {
      manifest: found,
      lag: { settlement: await lagOf("settlement"), facility: await lagOf("facility") },
      figures: standing.size,
      whole: at >= Number(high) - 2 || high === low,
    };
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
    await admin.disconnect();
  }
}
