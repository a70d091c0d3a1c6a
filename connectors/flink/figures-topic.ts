import type { KafkaSourceConfig } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { createKafkaClient, kafkaCalls } from "../kafka/client.js";
import type { Log } from "../ports/log.js";
import type { Wiring } from "./tables.js";

const COMPACT = [{ name: "cleanup.policy", value: "compact" }];
/** The resource type of a topic in Kafka's protocol. */
const TOPIC = 2;

/**
 * Makes the figures topic, or sees that the one that is there can carry a job's figures: one partition, compacted, empty
 * unless the job goes on from a savepoint.
 * @throws FundpulseError FP3001, FP3005 where Kafka cannot be reached; FP3102 where the topic cannot carry them, or where a topic that the job reads is not there
 */
export const ensureFiguresTopic = (
  config: KafkaSourceConfig,
  wiring: Wiring,
  log: Log,
  goesOn = false,
): Promise<"made" | "there"> => kafkaCalls(config, () => ensured(config, wiring, log, goesOn));

async function ensured(
  config: KafkaSourceConfig,
  { topics }: Wiring,
  log: Log,
  goesOn: boolean,
): Promise<"made" | "there"> {
  const admin = createKafkaClient(config, log, 5).admin();
  await admin.connect();
  try {
    const present = new Set(await admin.listTopics());
    const missing = [topics.settlement, topics.facility].filter((topic) => !present.has(topic));
    if (missing.length > 0)
      throw new FundpulseError(
        "FP3102",
        `topic ${missing.join(", ")} does not exist on ${config.brokers.join(", ")}`,
      );
    if (!present.has(topics.figures)) {
      const topic = { topic: topics.figures, numPartitions: 1, configEntries: COMPACT };
      await admin.createTopics({ waitForLeaders: true, topics: [topic] });
      return "made";
    }
    const metadata = await admin.fetchTopicMetadata({ topics: [topics.figures] });
    const partitions = metadata.topics[0].partitions.length;
    if (partitions !== 1) {
      throw new FundpulseError(
        "FP3102",
        `topic ${topics.figures} has ${partitions} partitions; figures need one, so that a reader sees one cut`,
      );
    }
    const described = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: TOPIC, name: topics.figures, configNames: ["cleanup.policy"] }],
    });
    const policy = described.resources[0]?.configEntries[0]?.configValue;
    if (policy?.trim() !== "compact") {
      throw new FundpulseError(
        "FP3102",
        `topic ${topics.figures} has cleanup.policy ${policy}; figures need compact, so that none of them is ever dropped`,
      );
    }
    const [{ high }] = await admin.fetchTopicOffsets(topics.figures);
    if (Number(high) > 0 && !goesOn) {
      throw new FundpulseError(
        "FP3102",
        `topic ${topics.figures} already holds figures (up to offset ${high}); a job that begins anew needs a topic of its own: name one with --figures`,
      );
    }
    return "there";
  } finally {
    await admin.disconnect();
  }
}
