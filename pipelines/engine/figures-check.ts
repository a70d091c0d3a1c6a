import { join } from "node:path";
import { loadReference } from "../../connectors/config/reference.js";
import { loadWriterSchemas } from "../../connectors/decode/writers.js";
import { countArchiveFiles } from "../../connectors/duckdb/archive/files.js";
import { readFiguresTopic } from "../../connectors/flink/figures-reader.js";
import { manifestOf } from "../../connectors/flink/generate.js";
import { jobTopics } from "../../connectors/flink/job-source.js";
import { silentLog } from "../../connectors/ports/log.js";
import { Privacy } from "../../connectors/state/person-key.js";
import type { Config, KafkaSourceConfig } from "../../schemas/config/schema.js";
import { refuseOtherJob } from "../ingest/figures.js";

/**
 * What is to be said of the figures topic of a configuration.
 * @throws FundpulseError FP3101 where the configuration has no job, FP3103 where another one writes the topic
 */
export async function figuresText(config: Config, figures: string): Promise<string> {
  const { categories, facilities } = loadReference(
    config.reference,
    config.timezone,
    Object.keys(config.insurances),
  );
  const schemas = await loadWriterSchemas(config.reference);
  const source = config.source as KafkaSourceConfig;
  const topics = jobTopics(source, figures);
  const manifest = manifestOf({ config, categories, facilities, schemas }, figures, topics);
  const told = await readFiguresTopic(source, manifest, silentLog);
  if (told.manifest === null) return `topic ${figures}: no job has said yet that it writes it`;
  refuseOtherJob(manifest, new Privacy(config.privacy.personKey).keyCheck, told.manifest);
  const { lag } = told;
  const folder = config.engine.kind === "flink" ? config.engine.archive : undefined;
  const archive =
    folder === undefined
      ? ""
      : `; archive ${join(folder, figures)}: ${countArchiveFiles(join(folder, figures))} files`;
  return `topic ${figures}: ${told.figures} figures of job ${manifest.digest}; ${lag.settlement} settlements and ${lag.facility} facilities behind${archive}`;
}
