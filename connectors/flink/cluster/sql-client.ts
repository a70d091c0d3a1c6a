import { spawn } from "node:child_process";
import { join } from "node:path";
import { FundpulseError } from "../../../schemas/errors.js";

/**
 * Hands a script to a cluster through Flink's own SQL client; returns the ids of the jobs that it submitted.
 * @throws FundpulseError FP3102 where a statement was refused, with what the client said of it
 */
export async function submitScript(
  home: string,
  file: string,
  options: { readonly rest?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<readonly string[]> {
  const target = options.rest ? new URL(options.rest) : null;
  const settings = target
    ? [
        `-Drest.address=${target.hostname}`,
        `-Drest.port=${target.port || "8081"}`,
        "-Dexecution.target=remote",
      ]
    : [];
  const said = await new Promise<string>((resolve, reject) => {
    const client = spawn(join(home, "bin", "sql-client.sh"), ["-f", file, ...settings], {
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    client.stdout.on("data", (chunk) => {
      output += chunk;
    });
    client.stderr.on("data", (chunk) => {
      output += chunk;
    });
    client.once("error", reject);
    client.once("exit", () => resolve(output));
  });
  const jobs = [...said.matchAll(/Job ID: ([0-9a-f]{32})/g)].map((m) => m[1]);
  if (jobs.length === 0) {
    const at = said.indexOf("[ERROR]");
    throw new FundpulseError(
      "FP3102",
      `Flink's SQL client submitted no job: ${said.slice(Math.max(0, at), at + 1500).trim()}`,
    );
  }
  return jobs;
}
