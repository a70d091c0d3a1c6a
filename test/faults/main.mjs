/**
 * npm run faults -- [--rounds N] [--seed S] [--only KIND]... [--json]
 * npm run faults -- --core [--rounds N] [--seed S] [--workers W]
 *
 * The first brings faults upon real parts, one a round, and compares what is published in the end with the
 * undisturbed result; a round follows from its seed alone, and with --json is told in a line of its own. The second does the same to the core in a simulated world.
 */
import { parseArgs } from "node:util";
import { runCampaign } from "./run.mjs";

const { values: flags } = parseArgs({
  options: {
    core: { type: "boolean", default: false },
    rounds: { type: "string" },
    seed: { type: "string", default: "1" },
    workers: { type: "string" },
    only: { type: "string", multiple: true },
    json: { type: "boolean", default: false },
  },
});
const whole = (name, least) => {
  const value = Number(flags[name]);
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name} takes a whole number`);
  return value;
};

async function main() {
  const seed = whole("seed", 0);
  if (flags.core) {
    const { runCore } = await import("./core/main.mjs");
    flags.rounds ??= "1000";
    const workers = flags.workers === undefined ? {} : { workers: whole("workers", 1) };
    process.exitCode = (await runCore({ rounds: whole("rounds", 1), seed, ...workers })) === 0 ? 0 : 1;
  } else {
    flags.rounds ??= "50";
    const only = flags.only ?? null;
    const wrong = await runCampaign({ rounds: whole("rounds", 1), seed, only, json: flags.json });
    process.exitCode = wrong === 0 ? 0 : 1;
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});
