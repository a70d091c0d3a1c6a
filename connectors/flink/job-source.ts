import type { Config, KafkaSourceConfig } from "../../schemas/config/schema.js";
import { FundpulseError } from "../../schemas/errors.js";
import { STREAMS } from "../../schemas/input/streams.js";
import type { Wiring } from "./tables.js";

interface WiringOptions {
  readonly name: string;
  readonly figures: string;
  /** `key=value` of the Kafka clients. */
  readonly properties: readonly string[];
  /** Folder of the archive as the cluster knows it; default: as this machine does. */
  readonly archive?: string;
}

/**
 * What a job is connected to, from the configuration of a workspace that reads Kafka.
 * @throws FundpulseError FP3101 where the source has no form in a job, FP1003 for a wrong property or name
 */
export function wiringOf(config: Config, { name, figures, properties, archive }: WiringOptions): Wiring {
  const { source, engine } = config;
  if (source.kind !== "kafka") {
    throw new FundpulseError("FP3101", `source.kind: ${source.kind}; a job reads Kafka alone`);
  }
  if (!/^[\w.-]{1,100}$/.test(name)) {
    throw new FundpulseError("FP1003", `--name ${name}: letters, digits and ._- only`);
  }
  const kafka = Object.fromEntries(
    properties.map((property) => {
      const at = property.indexOf("=");
      if (at < 1) throw new FundpulseError("FP1003", `--property ${property}: key=value`);
      return [property.slice(0, at), property.slice(at + 1)];
    }),
  );
  if ((source.ssl !== false || source.sasl !== undefined) && kafka["security.protocol"] === undefined) {
    throw new FundpulseError(
      "FP3101",
      "source.ssl and source.sasl are settings of this program; Flink's clients take their own: give them with --property security.protocol=…",
    );
  }
  const registry = source.schemaRegistry;
  const kept = engine.kind === "flink" ? engine.archive : undefined;
  if (archive !== undefined && kept === undefined)
    throw new FundpulseError(
      "FP1003",
      "--archive: the configuration has no engine.archive, so the job keeps none",
    );
  if (archive !== undefined && !/^([a-z0-9+.-]+:\/)?\/\S+$/.test(archive))
    throw new FundpulseError("FP1003", `--archive ${archive}: a folder such as s3://bucket/archive`);
  if (registry && (registry.username !== undefined || new URL(registry.url).username !== "")) {
    throw new FundpulseError(
      "FP3101",
      "source.schemaRegistry: a job reads a registry without a log-in, be it in username or in url",
    );
  }
  return {
    brokers: source.brokers,
    topics: jobTopics(source, figures),
    name,
    kafka,
    // A job that begins anew writes another topic, and another folder.
    ...(kept === undefined
      ? {}
      : { archive: `${(archive ?? `file://${kept}`).replace(/\/+$/, "")}/${figures}` }),
    ...(registry ? { registryUrl: registry.url.replace(/\/+$/, "") } : {}),
  };
}

/** The topics of a job that reads what a source names. */
export function jobTopics({ topics }: KafkaSourceConfig, figures: string): Wiring["topics"] {
  const { settlement = STREAMS.settlement.topic, facility = STREAMS.facility.topic } = topics;
  return { settlement, facility, figures };
}
