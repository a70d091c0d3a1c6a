import type { KafkaSourceOptions } from "../../../connectors/kafka/options.js";
import { KafkaSource } from "../../../connectors/kafka/source.js";
import type { KafkaSourceConfig } from "../../../schemas/config/schema.js";
import type { MemoryState } from "../../contracts/source.js";
import { unique } from "./test-broker.js";

export type KafkaSettings = Partial<KafkaSourceConfig> & Pick<KafkaSourceConfig, "brokers" | "topics">;

export const kafkaConfig = (settings: KafkaSettings): KafkaSourceConfig => ({
  kind: "kafka",
  fields: {},
  groupId: unique("group"),
  clientId: "fundpulse-test",
  ssl: false,
  ...settings,
});

/** A source that notices things sooner than in real life. */
export const openKafka = (
  config: KafkaSourceConfig,
  options: Partial<KafkaSourceOptions> = {},
): KafkaSource => new KafkaSource({ config, bootRetryMs: 3_000, rescanMs: 500, hintMs: 200, ...options });

/** Runs a source in the background into `state` until `stop`. */
export function follow(source: KafkaSource, state: MemoryState) {
  const abort = new AbortController();
  const ended = source.run(state.context(abort.signal), async (batch) => state.apply(batch), {
    untilDrained: false,
    onDrained: () => undefined,
  });
  ended.catch(() => undefined);
  return {
    ended,
    stop: async (): Promise<void> => {
      abort.abort();
      await ended.finally(() => source.close());
    },
  };
}

/** Waits until `fact` holds; the test's own timeout is the only limit. */
export async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setTimeout(resolve, 10));
}
