import { stringify } from "yaml";
import { FundpulseError } from "../../schemas/errors.js";
import type { JobManifest } from "./generate.js";

/** What the manifests of a job are made with. */
export interface DeploymentOptions {
  /** Image with Flink, its Kafka connector in `lib` and our jar in `usrlib`. */
  readonly image: string;
  readonly namespace: string;
  /** Folder that every pod can write, such as `s3://bucket/fundpulse`: checkpoints, savepoints, high availability. */
  readonly storage: string;
  /** Slots of the job: its parallelism. */
  readonly slots: number;
  readonly slotsPerTaskManager: number;
  /** Of a TaskManager. */
  readonly memory: string;
  /** Secret that holds the person key under `person-key`. */
  readonly keySecret: string;
}

/** Kubernetes takes no more in one Secret. */
const MOST_SCRIPT_BYTES = 1_000_000;
const SCRIPT_DIR = "/opt/fundpulse";
const NAME = /^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$/;

/**
 * The name of a job there: that of its configuration, and its digest. Jobs side by side need names of their own: they are
 * also those of their transactions and consumer groups, and two of one name would end each other's.
 */
export function deploymentName({ name, digest }: JobManifest): string {
  const base = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 30)
    .replaceAll(/^[^a-z]+|-+$/g, "");
  return `${base || "fundpulse"}-${digest.slice(0, 8)}`;
}

/**
 * A job for the Flink Kubernetes operator: its script as a Secret (it may hold what Kafka's clients log in with), and the
 * deployment that runs it, both of the job's name (`deploymentName`): another configuration is another deployment beside
 * the old one, never new rules over an old state.
 * @throws FundpulseError FP1003 for a wrong option, FP3101 where the script is too long for a Secret
 */
export function kubernetesManifests(
  job: { readonly sql: string; readonly manifest: JobManifest },
  options: DeploymentOptions,
): string {
  checkOptions(options);
  const { sql, manifest } = job;
  const { name } = manifest;
  const bytes = Buffer.byteLength(sql);
  if (bytes > MOST_SCRIPT_BYTES) {
    throw new FundpulseError(
      "FP3101",
      `the script has ${bytes} bytes, and a Secret of Kubernetes holds ${MOST_SCRIPT_BYTES}: send the facilities to the facility topic instead of facilities.csv, or use \`flink submit\``,
    );
  }
  const labels = { "app.kubernetes.io/name": "fundpulse", "fundpulse/digest": manifest.digest };
  const metadata = { name, namespace: options.namespace, labels };
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata,
    type: "Opaque",
    stringData: { "job.sql": sql },
  };
  return [secret, deployment(metadata, options)]
    .map((document) => stringify(document, { lineWidth: 0 }))
    .join("---\n");
}

function checkOptions(options: DeploymentOptions): void {
  const wrong = (what: string): FundpulseError => new FundpulseError("FP1003", what);
  if (!/^[\w./:@-]+$/.test(options.image)) throw wrong(`--image ${options.image}: the name of an image`);
  for (const [option, value] of [
    ["--namespace", options.namespace],
    ["--key-secret", options.keySecret],
  ])
    if (!NAME.test(value)) throw wrong(`${option} ${value}: small letters, digits and - only`);
  if (!/^[a-z0-9+.-]+:\/\/\S+$/.test(options.storage))
    throw wrong(
      `--storage ${options.storage}: a folder that every pod can write, such as s3://bucket/fundpulse`,
    );
  if (!/^[1-9]\d*(k|m|g|mb|gb)$/.test(options.memory)) throw wrong(`--memory ${options.memory}: such as 4g`);
}

function deployment(
  metadata: { readonly name: string; readonly namespace: string },
  options: DeploymentOptions,
): object {
  const { image, storage, slots, slotsPerTaskManager, memory, keySecret } = options;
  const folder = `${storage.replace(/\/+$/, "")}/${metadata.name}`;
  const keyFromSecret = {
    name: "FUNDPULSE_PERSON_KEY",
    valueFrom: { secretKeyRef: { name: keySecret, key: "person-key" } },
  };
  return {
    apiVersion: "flink.apache.org/v1beta1",
    kind: "FlinkDeployment",
    metadata,
    spec: {
      image,
      flinkVersion: "v2_2",
      serviceAccount: "flink",
      flinkConfiguration: {
        "taskmanager.numberOfTaskSlots": String(slotsPerTaskManager),
        "state.backend.type": "rocksdb",
        "execution.checkpointing.incremental": "true",
        // Each is one transaction of figures.
        "execution.checkpointing.interval": "60 s",
        "execution.checkpointing.timeout": "10 min",
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "execution.checkpointing.dir": `${folder}/checkpoints`,
        "execution.checkpointing.savepoint-dir": `${folder}/savepoints`,
        // A job that is forgotten with its JobManager needs a figures topic of its own.
        "high-availability.type": "kubernetes",
        "high-availability.storageDir": `${folder}/ha`,
        "restart-strategy.type": "exponential-delay",
        "metrics.reporters": "prom",
        "metrics.reporter.prom.factory.class":
          "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
      },
      jobManager: {
        resource: { cpu: 1, memory: "2g" },
        podTemplate: {
          spec: {
            containers: [
              {
                name: "flink-main-container",
                volumeMounts: [{ name: "script", mountPath: SCRIPT_DIR, readOnly: true }],
              },
            ],
            volumes: [{ name: "script", secret: { secretName: metadata.name } }],
          },
        },
      },
      taskManager: {
        resource: { cpu: slotsPerTaskManager, memory },
        podTemplate: { spec: { containers: [{ name: "flink-main-container", env: [keyFromSecret] }] } },
      },
      job: {
        jarURI: "local:///opt/flink/usrlib/fundpulse-flink.jar",
        // Flink's own: runs a script of its SQL client.
        entryClass: "org.apache.flink.table.runtime.application.SqlDriver",
        args: ["--scriptUri", `file://${SCRIPT_DIR}/job.sql`],
        parallelism: slots,
        state: "running",
        // Never stateless: a job that begins anew in a topic with figures would leave those that went.
        upgradeMode: "last-state",
        allowNonRestoredState: false,
      },
    },
  };
}

/** The image of such a deployment, built beside our jar. */
export const dockerfile = (
  flinkVersion: string,
  connector: string,
): string => `# docker build -t IMAGE -f THIS .   beside fundpulse-flink.jar
FROM flink:${flinkVersion}-java17
ADD --chown=flink:flink https://repo1.maven.org/maven2/org/apache/flink/flink-sql-connector-kafka/${connector}/flink-sql-connector-kafka-${connector}.jar /opt/flink/lib/
COPY --chown=flink:flink fundpulse-flink.jar /opt/flink/usrlib/fundpulse-flink.jar
`;
