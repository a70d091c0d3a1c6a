import { type KafkaConnection, kafkaFailure } from "../kafka/client.js";

/**
 * What a call to Kafka brings.
 * @throws FundpulseError FP3001, FP3005 where the cluster cannot be reached, or refuses us
 */
export async function kafkaCalls<T>(config: KafkaConnection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const foreign = error instanceof Error && error.name.startsWith("KafkaJS");
    throw foreign ? kafkaFailure(error, config) : error;
  }
}
