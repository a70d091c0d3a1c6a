/**
 * Apache Kafka's own jars, taken once from Maven Central into a cache folder: a real broker for machines
 * with Java 17 or newer and Maven, but without Docker.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const HERE = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

/** Where what tests download is kept: `FUNDPULSE_CACHE`, or `~/.cache/fundpulse`. */
export const cacheDir = () => process.env.FUNDPULSE_CACHE || join(homedir(), ".cache", "fundpulse");

/** Throws unless Java 17 or newer is on the path. */
export async function requireJava() {
  const { stderr } = await run("java", ["-XshowSettings:properties", "-version"]).catch(() => {
    throw new Error("no Java on the path (17 or newer is needed)");
  });
  const version = Number(/java\.specification\.version = (\d+)/.exec(stderr)?.[1] ?? 0);
  if (version < 17) throw new Error(`Java ${version} on the path (17 or newer is needed)`);
}

/** The folder with Kafka's jars; downloads them when they are not there yet. */
export async function kafkaJars() {
  const pom = join(HERE, "pom.xml");
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(
    readFileSync(pom, "utf8"),
  )[1];
  const libs = join(cacheDir(), "kafka", version, "libs");
  if (existsSync(libs)) return libs;
  const mine = `${libs}.${process.pid}`;
  mkdirSync(dirname(libs), { recursive: true });
  const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${mine}`, "-DincludeScope=runtime"];
  await run("mvn", ["-B", "-ntp", "-q", "-f", pom, ...goal]).catch((error) => {
    rmSync(mine, { recursive: true, force: true });
    const why =
      error.code === "ENOENT" ? "no Maven (mvn) on the path" : String(error.stdout || error.message);
    throw new Error(`Apache Kafka ${version} could not be taken from Maven Central: ${why.slice(0, 500)}`);
  });
  try {
    renameSync(mine, libs);
  } catch (error) {
    // Another process was faster: its copy is as good.
    rmSync(mine, { recursive: true, force: true });
    if (!existsSync(libs)) throw error;
  }
  return libs;
}
