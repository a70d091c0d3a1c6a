/** Fault rounds in processes of their own: one for the drop folder's, one for Kafka's, which share no time. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "../bench/measure.mjs";
import { load } from "./load.mjs";

const campaign = () => load(new URL("./campaign.ts", import.meta.url));

/** In a process of its own: rounds one after the other, each told to the parent. */
async function work(rounds) {
  const { module, close } = await campaign();
  const at = new module.Campaign();
  try {
    for (const { seed, fault } of rounds) {
      const outcome = await at.round(seed, fault);
      if (!process.connected) break;
      await new Promise((resolve) => process.send(outcome, resolve));
    }
  } finally {
    await at.end();
    await close();
  }
  process.removeAllListeners("disconnect");
  if (process.connected) process.disconnect();
}

/** Resolves to the number of rounds that went wrong. */
export async function runCampaign({ rounds, seed, only, json }) {
  const { module, close } = await campaign();
  const { ALL_KINDS, faultOf } = module;
  const { requireJava } = await import("../support/kafka/jars.mjs");
  const kafka = await requireJava().then(
    () => true,
    (error) => {
      console.error(`without Kafka: ${error.message}`);
      return false;
    },
  );
  const unknown = (only ?? []).find((name) => !ALL_KINDS.some((k) => k.name === name));
  if (unknown !== undefined)
    throw new Error(`no fault "${unknown}"; there are: ${ALL_KINDS.map((k) => `"${k.name}"`).join(", ")}`);
  const plans = { folder: [], kafka: [] };
  for (let i = 0; i < rounds; i++) {
    const { name, on } = faultOf(seed + i, only === null ? null : new Set(only), kafka);
    plans[on].push({ seed: seed + i, fault: name });
  }
  await close();
  const outcomes = [];
  const again = ({ seed, fault }) => `npm run faults -- --rounds 1 --seed ${seed} --only "${fault}"`;
  // Ended before its time, it tells what it has.
  process.once("SIGINT", () => {
    if (!json) console.log(table(outcomes));
    process.exit(1);
  });
  const run = (plan) =>
    new Promise((resolve, reject) => {
      if (plan.length === 0) return resolve();
      const child = fork(fileURLToPath(import.meta.url), [JSON.stringify(plan)]);
      child.on("message", (outcome) => {
        outcomes.push(outcome);
        if (json) console.log(JSON.stringify(outcome));
        if (outcomes.length % 50 === 0) console.error(`${outcomes.length} of ${rounds} rounds`);
        if (outcome.wrong.length > 0)
          console.error(
            `seed ${outcome.seed}, ${outcome.fault}:\n${outcome.wrong.join("\n")}\nagain: ${again(outcome)}`,
          );
      });
      child.once("exit", (code) =>
        code === 0 ? resolve() : reject(new Error(`a worker ended with ${code} before its work was done`)),
      );
    });
  await Promise.all(Object.values(plans).map(run));
  const wrong = outcomes.filter((o) => o.wrong.length > 0).length;
  if (!json) console.log(table(outcomes));
  return wrong;
}

/** Markdown, by kind of fault. */
export function table(outcomes) {
  const row = (name, of) => {
    const seconds = of.map((o) => o.seconds).sort((a, b) => a - b);
    const sum = (key) => of.reduce((n, o) => n + o[key], 0);
    const told = of.filter((o) => o.told.length > 0).length;
    const wrong = of.filter((o) => o.wrong.length > 0).length;
    return `| ${[name, of.length, sum("lost"), sum("doubled"), wrong, told, median(seconds).toFixed(1), (seconds.at(-1) ?? 0).toFixed(1)].join(" | ")} |`;
  };
  const kinds = [...new Set(outcomes.map((o) => o.fault))].sort();
  return [
    "| fault | rounds | lost | doubled | other differences | told by a number | seconds to recover, median | longest |",
    "|---|---:|---:|---:|---:|---:|---:|---:|",
    ...kinds.map((kind) =>
      row(
        kind,
        outcomes.filter((o) => o.fault === kind),
      ),
    ),
    row("all", outcomes),
  ].join("\n");
}

if (process.send !== undefined) {
  // Brokers and pipelines that it started end with it.
  for (const signal of ["SIGINT", "SIGTERM", "disconnect"]) process.once(signal, () => process.exit(1));
  await work(JSON.parse(process.argv[2]));
}
