import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FundpulseError } from "../../../schemas/errors.js";
import { cacheDir, makeWhole, runTool } from "./cache.js";

/** What the job was tested with; the connector belongs to the version. */
export const FLINK_VERSION = "2.2.1";
export const KAFKA_CONNECTOR = "5.0.0-2.2";

/** Any wheel will do, whatever Python is here: its scripts and jars are wanted, none of its Python. */
const WHEEL = [
  "--platform",
  "manylinux2014_x86_64",
  "--python-version",
  "3.11",
  "--implementation",
  "cp",
  "--abi",
  "cp311",
];

/**
 * Apache Flink with what the job needs, taken once into the cache: its official `bin`, `conf`, `lib` and `opt` are in
 * two wheels of PyPI, the SQL gateway (which the SQL client needs) and the Kafka connector in Maven Central.
 * @throws FundpulseError FP3102 where Java, pip, Python or Maven is missing, or a registry does not answer
 */
export async function flinkHome(signal?: AbortSignal): Promise<string> {
  const home = join(cacheDir(), "flink", FLINK_VERSION);
  if (!existsSync(home)) await makeWhole(home, (into) => fill(into, signal));
  return home;
}

async function fill(home: string, signal?: AbortSignal): Promise<void> {
  const stop = signal ? { signal } : {};
  const work = join(home, "download");
  mkdirSync(work);
  for (const name of ["apache-flink-libraries", "apache-flink"]) {
    const wheel = ["--no-deps", "--only-binary", ":all:", "-d", work, `${name}==${FLINK_VERSION}`];
    await runTool("pip", ["-q", "download", ...WHEEL, ...wheel], stop);
  }
  const unpacked = { libraries: join(work, "libraries"), scripts: join(work, "scripts") };
  for (const [prefix, into] of [
    ["apache_flink_libraries-", unpacked.libraries],
    [`apache_flink-${FLINK_VERSION}`, unpacked.scripts],
  ]) {
    const wheel = readdirSync(work).find((file) => file.startsWith(prefix) && file.endsWith(".whl"));
    if (wheel === undefined) throw new FundpulseError("FP3102", `pip brought no wheel ${prefix}*`);
    await runTool("python3", ["-m", "zipfile", "-e", join(work, wheel), into], stop);
  }
  for (const part of ["lib", "opt"]) renameSync(join(unpacked.libraries, "pyflink", part), join(home, part));
  for (const part of ["bin", "conf"]) renameSync(join(unpacked.scripts, "pyflink", part), join(home, part));
  cpSync(join(unpacked.libraries, "pyflink", "bin"), join(home, "bin"), { recursive: true });
  for (const script of readdirSync(join(home, "bin"))) chmodSync(join(home, "bin", script), 0o755);
  for (const jar of readdirSync(join(home, "lib")).filter((file) => file.startsWith("flink-scala_"))) {
    rmSync(join(home, "lib", jar));
  }
  mkdirSync(join(home, "log"));
  for (const [artifact, into] of [
    [`org.apache.flink:flink-sql-gateway:${FLINK_VERSION}`, "opt"],
    [`org.apache.flink:flink-sql-connector-kafka:${KAFKA_CONNECTOR}`, "lib"],
  ]) {
    const goal = ["dependency:copy", `-Dartifact=${artifact}`, `-DoutputDirectory=${join(home, into)}`];
    await runTool("mvn", ["-B", "-ntp", "-q", ...goal], stop);
  }
  rmSync(work, { recursive: true });
}
