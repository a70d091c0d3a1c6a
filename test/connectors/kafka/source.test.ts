import { describe } from "vitest";
import { KafkaSource } from "../../../connectors/kafka/source.js";
import type { KafkaSourceConfig } from "../../../schemas/config/schema.js";
import { sourceContract } from "../../contracts/source.js";
import { createTopic, produce, testBroker, unique } from "../../support/kafka/test-broker.js";

const brokers = await testBroker();

describe.skipIf(brokers === null)("Kafka", () => {
  sourceContract("the Kafka source", async () => {
    const at = brokers as string[];
    const topics = { settlement: unique("settlement"), facility: unique("facility") };
    const groupId = unique("group");
    await createTopic(at, topics.settlement, 2);
    await createTopic(at, topics.facility, 1);
    const config: KafkaSourceConfig = {
      kind: "kafka",
      fields: {},
      brokers: at,
      groupId,
      clientId: "t",
      topics,
      ssl: false,
    };
    return {
      open: async () => new KafkaSource({ config }),
      produce: (stream, values, partition) =>
        produce(at, topics[stream as "settlement" | "facility"], values, partition),
      dispose: async () => undefined,
    };
  });
});
