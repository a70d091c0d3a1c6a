import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { loadReference } from "../../../connectors/config/reference.js";
import { loadWriterSchemas } from "../../../connectors/decode/writers.js";
import { fundpulseJar, jarPath } from "../../../connectors/flink/cluster/jar.js";
import { FlinkRest } from "../../../connectors/flink/cluster/rest.js";
import { generateJob, type JobManifest } from "../../../connectors/flink/generate.js";
import { wiringOf } from "../../../connectors/flink/job-source.js";
import type { Wiring } from "../../../connectors/flink/tables.js";
import type { Config } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { FIGURES_TOPIC } from "../../../schemas/figures-topic.js";

export interface JobOptions {
  readonly config: string;
  readonly name: string;
  /** Default: that of `engine.figures`. */
  readonly figures?: string;
  readonly property: readonly string[];
  /** Folder of the archive as the cluster knows it; default: `engine.archive`. */
  readonly archive?: string;
}

/** The job of a configuration, generated. */
export interface Job {
  readonly config: Config;
  readonly wiring: Wiring;
  readonly sql: string;
  readonly manifest: JobManifest;
}

/** Generates the job of a configuration: whatever has no form in one is told before anything is built or reached. */
export async function jobOf(config: Config, options: JobOptions, jar: string | null): Promise<Job> {
  const { engine } = config;
  const figures = options.figures ?? (engine.kind === "flink" ? engine.figures : FIGURES_TOPIC);
  const wiring = wiringOf(config, { ...options, figures, properties: options.property });
  const { categories, facilities } = loadReference(
    config.reference,
    config.timezone,
    Object.keys(config.insurances),
  );
  const schemas = await loadWriterSchemas(config.reference);
  return { config, wiring, ...generateJob({ config, categories, facilities, schemas }, wiring, jar) };
}

/** The job with the jar that it needs, which is built last. */
export async function withJar(
  config: Config,
  options: JobOptions & { readonly jar?: string },
  signal?: AbortSignal,
): Promise<Job & { readonly jar: string }> {
  const given = options.jar === undefined ? undefined : resolve(options.jar);
  if (given !== undefined && !existsSync(given)) {
    throw new FundpulseError("FP1003", `--jar ${options.jar}: there is no such file`);
  }
  const jar = given ?? jarPath();
  const job = await jobOf(config, options, jar);
  if (given === undefined) await fundpulseJar(signal);
  return { ...job, jar };
}

/** The cluster at an address of the command line. @throws FundpulseError FP1003 */
export function restOf(url: string): FlinkRest {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new FundpulseError("FP1003", `--flink ${url}: an address such as http://jobmanager:8081`);
  }
  const { username, search, hash } = new URL(url);
  if (username + search + hash !== "") {
    throw new FundpulseError("FP1003", "--flink: an address without a user, query or fragment");
  }
  return new FlinkRest(url);
}
