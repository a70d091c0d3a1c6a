import { copyFileSync, cpSync, existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { javaSources } from "../java-sources.js";
import { cacheDir, makeWhole, runTool } from "./cache.js";

/** Where the jar lies once it is built. */
export const jarPath = (): string =>
  join(cacheDir(), "flink", "jar", javaSources().hash, "fundpulse-flink.jar");

/**
 * The jar with the format and functions of the job, built once from its sources by Maven, into the cache. The package
 * ships the sources alone: what runs on a cluster is what stands there to read.
 * @throws FundpulseError FP3102 where Maven or Java is missing, or does not build
 */
export async function fundpulseJar(signal?: AbortSignal): Promise<string> {
  const { folder: from } = javaSources();
  const jar = jarPath();
  if (existsSync(jar) && statSync(jar).size > 0) return jar;
  await makeWhole(join(jar, ".."), async (into) => {
    const project = join(into, "project");
    cpSync(join(from, "src", "main"), join(project, "src", "main"), { recursive: true });
    copyFileSync(join(from, "pom.xml"), join(project, "pom.xml"));
    await runTool("mvn", ["-B", "-ntp", "-q", "package"], { cwd: project, ...(signal && { signal }) });
    copyFileSync(join(project, "target", "fundpulse-flink.jar"), join(into, "fundpulse-flink.jar"));
    rmSync(project, { recursive: true });
  });
  return jar;
}
