import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { cacheDir, requireJava } from "./kafka/jars.mjs";
import { freePort } from "./kafka/ports.mjs";

/** The last line of Apicurio that runs on Java 17. */
const VERSION = "2.6.13.Final";
const READY_MS = 120_000;
const run = promisify(execFile);

export interface TestRegistry {
  /** Base address of the Confluent-compatible API. */
  readonly url: string;
  /** Registers a schema and returns its id. */
  register(subject: string, schema: object, references?: readonly object[]): Promise<number>;
  stop(): Promise<void>;
}

/**
 * A real schema registry (Apicurio, in memory, on loopback), its program taken once from Maven Central
 * (142 MB) into the cache folder. Null where there is no Java 17 or Maven, with one loud line; with
 * `CI=true` that is an error.
 */
export async function startRegistry(): Promise<TestRegistry | null> {
  let jar: string;
  try {
    await requireJava();
    jar = await registryJar();
  } catch (error) {
    const message = `no schema registry for the tests: ${(error as Error).message.split("\n")[0]}`;
    if (process.env.CI === "true") throw new Error(message);
    process.stderr.write(`\n*** Schema registry tests are SKIPPED: ${message} ***\n\n`);
    return null;
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`;
  const flags = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-Dquarkus.http.host=127.0.0.1"];
  const java = spawn("java", [...flags, `-Dquarkus.http.port=${port}`, "-jar", jar], { stdio: "ignore" });
  const exited = new Promise<void>((resolve) => java.once("exit", () => resolve()));
  const kill = (): void => void java.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    process.off("exit", kill);
    java.kill("SIGKILL");
    await exited;
  };
  const deadline = Date.now() + READY_MS;
  while (!(await answers(url))) {
    if (java.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error("the schema registry did not start");
    }
    await sleep(100);
  }
  return { url, stop, register: (...args) => register(url, ...args) };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/subjects`);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function register(url: string, subject: string, schema: object, references: readonly object[] = []) {
  const response = await fetch(`${url}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: "POST",
    headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
    body: JSON.stringify({ schema: JSON.stringify(schema), schemaType: "AVRO", references }),
  });
  const answer = (await response.json()) as { id?: number };
  if (answer.id === undefined) throw new Error(`the registry refused the schema: ${JSON.stringify(answer)}`);
  return answer.id;
}

async function registryJar(): Promise<string> {
  const home = join(cacheDir(), "registry", VERSION);
  const jar = join(home, `apicurio-registry-app-${VERSION}-runner.jar`);
  if (existsSync(jar)) return jar;
  const mine = `${home}.${process.pid}`;
  mkdirSync(mine, { recursive: true });
  try {
    const artifact = `-Dartifact=io.apicurio:apicurio-registry-app:${VERSION}:tar.gz:all`;
    const goal = ["dependency:copy", artifact, `-DoutputDirectory=${mine}`, "-Dmdep.useBaseVersion=true"];
    await run("mvn", ["-B", "-ntp", "-q", ...goal]);
    await run("tar", ["xzf", `apicurio-registry-app-${VERSION}-all.tar.gz`], { cwd: mine });
    rmSync(join(mine, `apicurio-registry-app-${VERSION}-all.tar.gz`));
    if (!existsSync(home)) renameSync(mine, home);
  } finally {
    rmSync(mine, { recursive: true, force: true });
  }
  return jar;
}
