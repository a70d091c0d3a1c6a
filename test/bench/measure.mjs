import { spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CHILDREN = fileURLToPath(new URL("./children/", import.meta.url));

/** Starts `children/<name>.mjs`; `line` gets what it says before its last line, which is its answer. */
export function startChild(name, args, { line = () => {} } = {}) {
  const profiles = process.env.FUNDPULSE_BENCH_PROFILES;
  const nodeArgs = profiles && name === "chain" ? ["--cpu-prof", `--cpu-prof-dir=${profiles}`] : [];
  const child = spawn(process.execPath, [...nodeArgs, join(CHILDREN, `${name}.mjs`), JSON.stringify(args)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let rest = "";
  let last = "";
  child.stdout.on("data", (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop();
    for (const text of lines) {
      last = text;
      line(JSON.parse(text), child);
    }
  });
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve(JSON.parse(last));
      else if (signal === "SIGKILL") resolve(null);
      else reject(new Error(`${name} ended with ${code ?? signal}`));
    });
  });
  return { child, ended };
}

/** Runs a child to its end and gives its answer. */
export const runChild = (name, args, options) => startChild(name, args, options).ended;

export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * q) - 1))];
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Seconds of processor time of this process, all threads. */
export function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What every child adds to its answer. */
export const usage = () => ({ cpu: cpuSeconds(), maxRssMiB: process.resourceUsage().maxRSS / 1024 });

/** Gives a child's answer: the last line of its output. */
export const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
