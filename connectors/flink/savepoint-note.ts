import type { KafkaSourceConfig } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { createKafkaClient, kafkaCalls } from "../kafka/client.js";
import type { Log } from "../ports/log.js";
import { keyOfSavepoint } from "./figure.js";
import type { FiguresTold } from "./figures-reader.js";

/**
 * Notes in a figures topic, behind the last figure of a job that has stopped, with which savepoint it stopped. A job that
 * starts from a savepoint writes what changes after it: figures that were written between the two would stand for ever,
 * so only the savepoint that the topic itself ends with may be gone on from.
 * @throws FundpulseError FP3001, FP3005
 */
export const noteSavepoint = (
  config: KafkaSourceConfig,
  topic: string,
  path: string,
  log: Log,
): Promise<void> =>
  kafkaCalls(config, async () => {
    const producer = createKafkaClient(config, log, 5).producer({ allowAutoTopicCreation: false });
    await producer.connect();
    try {
      const value = JSON.stringify({ t: path });
      await producer.send({ topic, acks: -1, messages: [{ key: keyOfSavepoint(), value }] });
    } finally {
      await producer.disconnect();
    }
  });

/**
 * @param told what the topic says of its job, which is the configuration's
 * @throws FundpulseError FP3106 where figures follow the savepoint, or nobody noted it
 */
export function refuseLaterFigures(topic: string, path: string, told: FiguresTold): void {
  const { savepoint } = told;
  if (!told.whole)
    throw new FundpulseError(
      "FP3106",
      `topic ${topic} could not be read to its end in time; nothing was started`,
    );
  if (savepoint === null || savepoint.path !== path) {
    throw new FundpulseError(
      "FP3106",
      `topic ${topic} does not end with savepoint ${path}${savepoint === null ? "" : `, but with ${savepoint.path}`}`,
    );
  }
  if (!savepoint.isLast)
    throw new FundpulseError(
      "FP3106",
      `topic ${topic} holds figures that were written after savepoint ${path}`,
    );
}
