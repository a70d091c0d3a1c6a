import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { createTopic, deleteBefore, produce, testBroker, unique } from "../../support/kafka/test-broker.js";
import { settlement, Workspace } from "../../support/workspace.js";

/** The built command on a real broker: what an operator sees of a shared group and of a loss. */
const brokers = (await testBroker()) ?? [];
const used: Workspace[] = [];
const running: ChildProcess[] = [];
afterAll(async () => {
  for (const child of running) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
  }
  for (const w of used) w.remove();
});

const bills = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => JSON.stringify(settlement(`S${from + i}`)));

function workspace(topic: string, groupId?: string): Workspace {
  const w = new Workspace({
    groupings: ["total"],
    source: { kind: "kafka", brokers, topics: { settlement: topic }, ...(groupId ? { groupId } : {}) },
    publish: { everySeconds: 0.2 },
    ops: { port: 0 },
  });
  used.push(w);
  return w;
}

const visits = async (w: Workspace): Promise<unknown> => {
  const [row] = await w.query(`SELECT value::INTEGER AS n FROM indicators WHERE period = '2024-03'
    AND insurance = 'all' AND "grouping" = 'total' AND indicator = 'visits'`);
  return row?.n;
};

/** Where a started run serves its health, as its log tells. */
async function opsOf(log: () => string): Promise<string> {
  await expect.poll(log, { timeout: 60_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+/);
  return /http:\/\/127\.0\.0\.1:\d+/.exec(log())![0];
}

const healthAt = async (ops: string): Promise<Record<string, unknown>> =>
  (await (await fetch(`${ops}/health`)).json()) as Record<string, unknown>;

function started(w: Workspace, ...args: string[]) {
  const { child, ended } = w.start(...args);
  running.push(child);
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (log += String(chunk)));
  return { child, ended, log: () => log };
}

describe.skipIf(brokers.length === 0)("on a real broker, by the command line", () => {
  test("a loss is refused, accepted by name, listed, told by health and dismissed", async () => {
    const topic = unique("settlement");
    await createTopic(brokers, topic, 1);
    await produce(brokers, topic, bills(0, 10));
    const w = workspace(topic);
    expect(await w.cli("run", "--until-drained", "--no-ops")).toMatchObject({ code: 0 });
    await produce(brokers, topic, bills(10, 30));
    await deleteBefore(brokers, topic, [{ partition: 0, offset: 25 }]);
    const refused = await w.cli("run", "--until-drained", "--no-ops");
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("[FP3002]")]);
    expect(refused.err).toContain("--accept-gap");
    expect(await visits(w)).toBe(10);
    const unknown = await w.cli("run", "--until-drained", "--no-ops", "--accept-gap", "nothing");
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining("[FP1003]")]);
    expect(await w.cli("run", "--until-drained", "--no-ops", "--accept-gap", `${topic}/0`)).toMatchObject({
      code: 0,
    });
    expect(await visits(w)).toBe(15);
    const [gap] = await w.query("SELECT * FROM quality_gap");
    expect(gap).toMatchObject({ kind: "expired", from_next: "10", to_next: "25", status: "open" });
    const listed = await w.cli("gaps", "list");
    expect([listed.code, listed.out.toString()]).toEqual([0, expect.stringContaining(topic)]);
    // The same flag again accepts nothing more, and the run serves on.
    const run = started(w, "run", "--accept-gap", topic);
    const ops = await opsOf(run.log);
    await expect.poll(() => healthAt(ops), { timeout: 30_000 }).toMatchObject({ state: "ready" });
    await expect.poll(() => healthAt(ops), { timeout: 10_000 }).toMatchObject({ openGaps: 1 });
    const id = String((gap as { id: unknown }).id);
    const nobody = await w.cli("gaps", "dismiss", "999", "--by", "tests");
    expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining("[FP2014]")]);
    expect(await w.cli("gaps", "dismiss", id, "--by", "tests", "--note", "sent again by hand")).toMatchObject(
      { code: 0 },
    );
    await expect
      .poll(async () => (await w.query("SELECT status, note FROM quality_gap"))[0], { timeout: 20_000 })
      .toMatchObject({ status: "dismissed", note: "sent again by hand" });
    await expect.poll(() => healthAt(ops), { timeout: 10_000 }).toMatchObject({ openGaps: 0 });
    run.child.kill("SIGTERM");
    expect(await run.ended).toMatchObject({ code: 0 });
  }, 240_000);

  test("two runs that share a group: none publishes a part, and who ends names the other", async () => {
    const topic = unique("settlement");
    await createTopic(brokers, topic, 4);
    for (let p = 0; p < 4; p++) await produce(brokers, topic, bills(p * 10, p * 10 + 10), p);
    const group = unique("group");
    const [a, b] = [workspace(topic, group), workspace(topic, group)];
    const first = started(a, "run");
    await expect.poll(() => existsSync(a.published), { timeout: 60_000 }).toBe(true);
    await expect.poll(() => visits(a), { timeout: 60_000 }).toBe(40);
    const second = started(b, "run");
    const ops = await opsOf(second.log);
    await expect.poll(async () => JSON.stringify(await healthAt(ops)), { timeout: 30_000 }).toContain(group);
    expect((await fetch(`${ops}/ready`)).status).toBe(503);
    // What comes while they share reaches readers of neither as if it were all.
    for (let p = 0; p < 4; p++) await produce(brokers, topic, bills(100 + p, 101 + p), p);
    const end = await Promise.race([first.ended, second.ended]);
    const told = new RegExp(
      `only [1-3] of 4 partitions are ours.*group ${group} is also read by fundpulse-[0-9a-f]+ on .*\\[FP3008\\]`,
    );
    expect([end.code, end.err]).toEqual([1, expect.stringMatching(told)]);
    for (const w of [a, b]) if (existsSync(w.published)) expect([40, 44]).toContain(await visits(w));
    for (const { child } of [first, second]) child.kill("SIGTERM");
    await Promise.all([first.ended, second.ended]);
    // Alone, each reads what is left for it.
    for (const w of [a, b]) {
      expect(await w.cli("run", "--until-drained", "--no-ops")).toMatchObject({ code: 0 });
      expect(await visits(w)).toBe(44);
    }
  }, 300_000);
});
