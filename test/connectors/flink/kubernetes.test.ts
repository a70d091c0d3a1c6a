import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { generateJob } from "../../../connectors/flink/generate.js";
import { wiringOf } from "../../../connectors/flink/job-source.js";
import {
  type DeploymentOptions,
  deploymentName,
  dockerfile,
  kubernetesManifests,
} from "../../../connectors/flink/kubernetes.js";
import { testConfig } from "../../support/oracle/fixtures.js";

const OPTIONS: DeploymentOptions = {
  image: "registry.example.com/fundpulse-flink:1",
  namespace: "flink",
  storage: "s3://bucket/fundpulse/",
  slots: 8,
  slotsPerTaskManager: 2,
  memory: "4g",
  keySecret: "fundpulse",
};

function jobOf(
  changes: Record<string, unknown> = {},
  name = "fundpulse",
  properties: readonly string[] = [],
) {
  const config = testConfig({ source: { kind: "kafka", brokers: ["kafka:9092"] }, ...changes });
  const wiring = wiringOf(config, { name, figures: "fund.figures", properties });
  return generateJob({ config, categories: [], facilities: [], schemas: [] }, wiring, null);
}

interface Document {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly stringData: Record<string, string>;
  readonly spec: {
    readonly job: { readonly args: string[]; readonly parallelism: number; readonly upgradeMode: string };
    readonly flinkConfiguration: Record<string, string>;
    readonly jobManager: { podTemplate: { spec: { volumes: { secret: { secretName: string } }[] } } };
  };
}
const documentsOf = (yaml: string): Document[] => parseAllDocuments(yaml).map((d) => d.toJS() as Document);
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

test("the manifests are what the operator's resource takes", () => {
  const job = jobOf();
  const [secret, deployment] = documentsOf(kubernetesManifests(job, OPTIONS));
  const fits = new Ajv({ allErrors: true, strict: false }).compile(
    JSON.parse(readFileSync(path("../../support/flink/flink-deployment.schema.json"), "utf8")),
  );
  expect(fits(deployment) ? [] : fits.errors).toEqual([]);
  expect(secret.kind).toBe("Secret");
  expect(secret.stringData["job.sql"]).toBe(job.sql);
  expect(deployment.spec.jobManager.podTemplate.spec.volumes[0].secret.secretName).toBe(secret.metadata.name);
  expect(deployment.spec.job).toMatchObject({ parallelism: 8, upgradeMode: "last-state" });
  const settings = deployment.spec.flinkConfiguration;
  expect(settings["execution.checkpointing.dir"]).toBe(
    `s3://bucket/fundpulse/${secret.metadata.name}/checkpoints`,
  );
});

// The whole definition of the operator that is installed: FUNDPULSE_FLINK_CRD=flinkdeployments.flink.apache.org-v1.yml
test.runIf(process.env.FUNDPULSE_FLINK_CRD)("the manifests are what a given definition takes", () => {
  const crd = parse(readFileSync(process.env.FUNDPULSE_FLINK_CRD!, "utf8"));
  const fits = new Ajv({ allErrors: true, strict: false }).compile(
    crd.spec.versions[0].schema.openAPIV3Schema,
  );
  const [, deployment] = documentsOf(kubernetesManifests(jobOf(), OPTIONS));
  expect(fits(deployment) ? [] : fits.errors).toEqual([]);
});

test("another configuration is another deployment; the same is the same", () => {
  const nameOf = (job: ReturnType<typeof jobOf>): string => deploymentName(job.manifest);
  expect(nameOf(jobOf())).toBe(nameOf(jobOf()));
  expect(nameOf(jobOf({ casePayment: ["10"] }))).not.toBe(nameOf(jobOf()));
  expect(nameOf(jobOf({}, "Shan_Dan."))).toMatch(/^shan-dan-[0-9a-f]{8}$/);
  expect(nameOf(jobOf({}, "62.07"))).toMatch(/^fundpulse-[0-9a-f]{8}$/);
});

test("no key stands in a manifest, and log-ins of Kafka in the Secret alone", () => {
  const job = jobOf({ privacy: { personKey: "a very secret key" } }, "fundpulse", ["sasl.jaas.config=hush"]);
  const [secret, deployment] = documentsOf(kubernetesManifests(job, OPTIONS));
  expect(JSON.stringify([secret, deployment])).not.toContain("very secret");
  expect(JSON.stringify(secret)).toContain("hush");
  expect(JSON.stringify(deployment)).not.toContain("hush");
});

test.each<[Partial<DeploymentOptions>, RegExp]>([
  [{ image: "a b" }, /--image a b.*FP1003/],
  [{ namespace: "Flink" }, /--namespace Flink.*FP1003/],
  [{ keySecret: "" }, /--key-secret .*FP1003/],
  [{ storage: "/tmp/x" }, /--storage \/tmp\/x.*s3:.*FP1003/],
  [{ memory: "lots" }, /--memory lots.*FP1003/],
])("%j is refused", (change, message) => {
  expect(() => kubernetesManifests(jobOf(), { ...OPTIONS, ...change })).toThrow(message);
});

test("a script that no Secret holds is told before Kubernetes says so", () => {
  const { manifest, sql } = jobOf();
  expect(() => kubernetesManifests({ manifest, sql: sql.padEnd(1_000_001) }, OPTIONS)).toThrow(
    /facility topic.*FP3101/,
  );
});

test("the image has the connector of the version that is tested", () => {
  const text = dockerfile("2.2.1", "5.0.0-2.2");
  expect(text).toContain("FROM flink:2.2.1-java17");
  expect(text).toContain("flink-sql-connector-kafka-5.0.0-2.2.jar");
});
