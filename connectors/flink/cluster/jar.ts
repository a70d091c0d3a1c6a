import { createHash } from "node:crypto";
import { copyFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { FundpulseError } from "../../../schemas/errors.js";
import { cacheDir, makeWhole, runTool } from "./cache.js";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** The Java sources; compiled programs lie under `dist`, beside them. */
function sources(): string {
  const root = HERE.includes(`${sep}dist${sep}`) ? join(HERE, "../../../..") : join(HERE, "../../..");
  return join(root, "connectors", "flink", "java");
}

function files(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      return entry.isDirectory() ? files(path) : [path];
    })
    .sort();
}

/**
 * The jar with the format and functions of the job, built once from its sources by Maven, into the cache. The package
 * ships the sources alone: what runs on a cluster is what stands there to read.
 * @throws FundpulseError FP3102 where Maven or Java is missing, or does not build
 */
export async function fundpulseJar(): Promise<string> {
  const from = sources();
  if (!existsSync(from)) throw new FundpulseError("FP3102", `the Java sources are not there: ${from}`);
  const hash = createHash("sha256");
  const parts = [join(from, "pom.xml"), ...files(join(from, "src", "main"))];
  for (const path of parts) hash.update(path.slice(from.length)).update(readFileSync(path));
  const folder = join(cacheDir(), "flink", "jar", hash.digest("hex").slice(0, 16));
  const jar = join(folder, "fundpulse-flink.jar");
  if (existsSync(jar) && statSync(jar).size > 0) return jar;
  await makeWhole(folder, async (into) => {
    const project = join(into, "project");
    cpSync(join(from, "src", "main"), join(project, "src", "main"), { recursive: true });
    copyFileSync(join(from, "pom.xml"), join(project, "pom.xml"));
    await runTool("mvn", ["-B", "-ntp", "-q", "package"], project);
    copyFileSync(join(project, "target", "fundpulse-flink.jar"), join(into, "fundpulse-flink.jar"));
    rmSync(project, { recursive: true });
  });
  return jar;
}
