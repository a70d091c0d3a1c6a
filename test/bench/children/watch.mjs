import { statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DuckDBInstance } from "@duckdb/node-api";
import { answer } from "../measure.mjs";

/** A reader of the published file: each version's input positions and when they could be read, until SIGTERM. */
const { file, topic } = JSON.parse(process.argv[2]);
const versions = [];
let stopped = false;
process.on("SIGTERM", () => {
  stopped = true;
});
let inode = null;
while (!stopped) {
  const now = statSync(file, { throwIfNoEntry: false })?.ino ?? null;
  if (now === inode) {
    await sleep(5);
    continue;
  }
  inode = now;
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY", threads: "1" });
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll("SELECT version, input_positions FROM snapshot");
  const at = Date.now();
  const [{ version, input_positions }] = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  const positions = {};
  for (const p of input_positions) if (p.source === `kafka:${topic}`) positions[p.partition] = Number(p.next);
  versions.push({ version, positions, at });
  answer({ positions });
}
answer({ versions });
