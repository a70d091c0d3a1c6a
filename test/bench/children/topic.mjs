import kafkajs from "kafkajs";
import { answer } from "../measure.mjs";

/** Makes a topic. */
const { brokers, topic, partitions } = JSON.parse(process.argv[2]);
const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
await admin.connect();
await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions }] });
await admin.disconnect();
answer({});
