import { spawn } from "node:child_process";
import { join } from "node:path";
import { FundpulseError } from "../../../schemas/errors.js";
import { killGroup } from "./group.js";

/** Settings of Flink's client for the REST address of a cluster, as `-Dkey=value`: port, TLS and path are the URL's. */
export function restSettings(url: string): string[] {
  const { protocol, hostname, port, pathname } = new URL(url);
  const secure = protocol === "https:";
  const prefix = `${pathname.replace(/\/+$/, "")}/`;
  return [
    "-Dexecution.target=remote",
    `-Drest.address=${hostname.replace(/^\[|\]$/g, "")}`,
    `-Drest.port=${port || (secure ? "443" : "80")}`,
    ...(secure ? ["-Dsecurity.ssl.rest.enabled=true"] : []),
    ...(prefix === "/" ? [] : [`-Drest.url-prefix=${prefix}`]),
  ];
}

/**
 * Hands a script to a cluster through Flink's own SQL client; returns the ids of the jobs that it submitted. The client
 * ends with this program, or with `signal`.
 * @throws FundpulseError FP3102 where a statement was refused, with what the client said of it
 */
export async function submitScript(
  home: string,
  file: string,
  options: {
    readonly rest?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly signal?: AbortSignal;
  } = {},
): Promise<readonly string[]> {
  options.signal?.throwIfAborted();
  const settings = options.rest ? restSettings(options.rest) : [];
  const said = await new Promise<string>((resolve, reject) => {
    const client = spawn(join(home, "bin", "sql-client.sh"), ["-f", file, ...settings], {
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const kill = killGroup.bind(null, client.pid);
    process.once("exit", kill);
    options.signal?.addEventListener("abort", kill, { once: true });
    let output = "";
    client.stdout.on("data", (chunk) => {
      output += chunk;
    });
    client.stderr.on("data", (chunk) => {
      output += chunk;
    });
    client.once("error", reject);
    client.once("exit", () => {
      process.removeListener("exit", kill);
      options.signal?.removeEventListener("abort", kill);
      resolve(output);
    });
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
