/**
 * npm run faults -- --core [--rounds N] [--seed S] [--workers W]
 *
 * Runs seeds S to S + N - 1 of the simulated core, in W processes, and ends with 1 at the first that goes wrong,
 * naming its seed.
 */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { load } from "../load.mjs";

/** In a process of its own: every W-th seed. */
async function work({ from, to, step }) {
  const { module, close } = await load(new URL("./simulation.ts", import.meta.url));
  for (let seed = from; seed < to; seed += step) {
    let outcome;
    try {
      outcome = await module.simulateCore(seed);
    } catch (error) {
      outcome = { seed, records: 0, deaths: 0, publishes: 0, wrong: [error.stack] };
    }
    if (!process.connected) return;
    await new Promise((resolve) => process.send(outcome, resolve));
    if (outcome.wrong.length > 0) break;
  }
  await close();
  process.disconnect();
}

/** Resolves to the number of seeds that went wrong. */
export async function runCore({ rounds, seed, workers = Math.min(availableParallelism(), rounds) }) {
  const began = performance.now();
  const sum = { seeds: 0, records: 0, deaths: 0, publishes: 0 };
  let wrong = 0;
  const children = Array.from({ length: workers }, (_, i) => {
    const child = fork(fileURLToPath(import.meta.url), [
      JSON.stringify({ from: seed + i, to: seed + rounds, step: workers }),
    ]);
    child.on("message", (outcome) => {
      sum.seeds++;
      for (const name of ["records", "deaths", "publishes"]) sum[name] += outcome[name];
      if (sum.seeds % 500 === 0) console.error(`${sum.seeds} of ${rounds} seeds`);
      if (outcome.wrong.length === 0) return;
      wrong++;
      console.error(`seed ${outcome.seed}:\n${outcome.wrong.slice(0, 10).join("\n")}`);
      console.error(`again: npm run faults -- --core --rounds 1 --seed ${outcome.seed}`);
      for (const other of children) other.kill();
    });
    return child;
  });
  const codes = await Promise.all(
    children.map((child) => new Promise((resolve) => child.once("exit", (code) => resolve(code)))),
  );
  if (wrong === 0 && codes.some((code) => code !== 0)) throw new Error("a worker ended before its work");
  console.log(
    `${sum.seeds} seeds from ${seed}: ${sum.records} records, ${sum.deaths} deaths, ${sum.publishes} publishes, ` +
      `${wrong} wrong, ${Math.round((performance.now() - began) / 1000)} s`,
  );
  return wrong;
}

if (process.send !== undefined) await work(JSON.parse(process.argv[2]));
