import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { FLINK_VERSION, KAFKA_CONNECTOR } from "../../../connectors/flink/cluster/distribution.js";
import { fundpulseJar } from "../../../connectors/flink/cluster/jar.js";
import { deploymentName, dockerfile, kubernetesManifests } from "../../../connectors/flink/kubernetes.js";
import type { Config } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { say } from "../terminal/say.js";
import { type JobOptions, jobOf } from "./flink-job.js";

/** The options of `flink generate` that are for Kubernetes. */
export interface KubernetesOptions {
  readonly kubernetes?: boolean;
  readonly image?: string;
  readonly namespace?: string;
  readonly storage?: string;
  readonly slots?: string;
  readonly slotsPerTaskManager?: string;
  readonly memory?: string;
  readonly keySecret?: string;
}

function wholeNumber(option: string, value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value))
    throw new FundpulseError("FP1003", `${option} ${value}: a number from 1 to 9999`);
  return Number(value);
}

/** `fundpulse flink generate --kubernetes`: manifests, what the image is built from, and the job's own manifest. */
export async function generateManifests(
  config: Config,
  options: JobOptions & KubernetesOptions & { readonly out: string; readonly jar?: string },
): Promise<number> {
  const { storage } = options;
  if (storage === undefined)
    throw new FundpulseError(
      "FP1003",
      "--kubernetes needs --storage: a folder that every pod can write, such as s3://bucket/fundpulse",
    );
  if (config.engine.kind === "flink" && config.engine.archive !== undefined && options.archive === undefined)
    throw new FundpulseError(
      "FP1003",
      "--kubernetes needs --archive where engine.archive is set: the folder as the pods know it, such as s3://bucket/archive",
    );
  const given = options.jar === undefined ? undefined : resolve(options.jar);
  if (given !== undefined && !existsSync(given))
    throw new FundpulseError("FP1003", `--jar ${options.jar}: there is no such file`);
  const name = deploymentName((await jobOf(config, options, null)).manifest);
  const job = await jobOf(config, { ...options, name }, null);
  const manifests = kubernetesManifests(job, {
    image: options.image ?? "fundpulse-flink",
    namespace: options.namespace ?? "flink",
    storage,
    slots: wholeNumber("--slots", options.slots ?? "4"),
    slotsPerTaskManager: wholeNumber("--slots-per-task-manager", options.slotsPerTaskManager ?? "2"),
    memory: options.memory ?? "4g",
    keySecret: options.keySecret ?? "fundpulse",
  });
  const base = options.out.replace(/\.(sql|ya?ml)$/, "");
  const folder = dirname(resolve(options.out));
  const jar = join(folder, "fundpulse-flink.jar");
  // It may hold what `--property` said.
  writeFileSync(`${base}.yaml`, manifests, { mode: 0o600 });
  writeFileSync(`${base}.manifest.json`, `${JSON.stringify(job.manifest, null, 1)}\n`);
  writeFileSync(`${base}.Dockerfile`, dockerfile(FLINK_VERSION, KAFKA_CONNECTOR));
  copyFileSync(given ?? (await fundpulseJar()), jar);
  say(
    `${base}.yaml: Secret and FlinkDeployment of job ${job.manifest.digest}\n${base}.Dockerfile with ${jar}: the image\n${base}.manifest.json\nbefore applying them: fundpulse flink topic; afterwards: fundpulse flink status --name ${name} --flink …\n`,
  );
  return 0;
}
