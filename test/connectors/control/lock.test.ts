import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { acquireLock, awaitLock } from "../../../connectors/control/lock.js";

const directory = () => mkdtempSync(join(tmpdir(), "fundpulse-lock-"));

/** Another process that takes the lock the same way and holds it. */
async function otherHolder(dir: string): Promise<ChildProcess> {
  const sqlite = createRequire(import.meta.url).resolve("better-sqlite3");
  const script = `
    const db = new (require(${JSON.stringify(sqlite)}))(${JSON.stringify(join(dir, "lock.db"))});
    db.exec("BEGIN EXCLUSIVE");
    require("fs").writeFileSync(${JSON.stringify(join(dir, "lock.json"))}, JSON.stringify({pid: process.pid, host: "other-host"}));
    console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve) => child.stdout?.once("data", () => resolve()));
  return child;
}

test("a second holder is refused with the pid and host of the first", async () => {
  const dir = directory();
  const child = await otherHolder(dir);
  expect(() => acquireLock(dir)).toThrowError(
    new RegExp(`is in use by process ${child.pid} on other-host.*\\[FP2001\\]`),
  );
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  acquireLock(dir).release();
});

test("a lock left by kill -9 does not block", async () => {
  const dir = directory();
  const child = await otherHolder(dir);
  child.kill("SIGKILL");
  await new Promise((resolve) => child.once("exit", resolve));
  const lock = acquireLock(dir);
  lock.release();
});

test("one process cannot hold it twice, and can take it again after release", () => {
  const dir = directory();
  const lock = acquireLock(dir);
  expect(() => acquireLock(dir)).toThrowError(new RegExp(`process ${process.pid} on .*FP2001`));
  lock.release();
  lock.release();
  acquireLock(dir).release();
});

test("who wants to stay waits for a holder that said it is brief, and for no other", async () => {
  const dir = directory();
  const waited: string[] = [];
  const brief = acquireLock(dir, { brief: true });
  setTimeout(() => brief.release(), 700);
  const lock = await awaitLock(dir, (holder) => waited.push(holder));
  expect(waited).toEqual([expect.stringContaining(`process ${process.pid}`)]);
  await expect(awaitLock(dir, (holder) => waited.push(holder))).rejects.toThrow(/FP2001/);
  expect(waited).toHaveLength(1);
  lock.release();
});
