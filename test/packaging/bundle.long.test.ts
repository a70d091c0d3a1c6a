import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFolder, ROOT, run } from "../support/packaging.js";

/** How a program is started without any network on this machine; null where that is not permitted. */
const WITHOUT_NETWORK = [
  ["unshare", "--net"],
  ["unshare", "--map-root-user", "--net"],
].find(([program, ...flags]) => spawnSync(program, [...flags, "true"]).status === 0);

const folder = makeFolder("bundle");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let unpacked: string;
beforeAll(async () => {
  const archive = join(folder, "fundpulse.tar.gz");
  await run("node", [join(ROOT, "packaging/bundle.mjs"), "--out", archive], { cwd: folder });
  const into = join(folder, "a folder with spaces");
  mkdirSync(into);
  await run("tar", ["-xzf", archive, "-C", into]);
  unpacked = join(into, readdirSync(into)[0]);
}, 300_000);

// An environment of a machine that knows nothing of Node: no npm, no paths of this repository.
const BARE = {
  PATH: "/usr/bin:/bin",
  HOME: "/nonexistent",
  FUNDPULSE_PERSON_KEY: "0123456789abcdef".repeat(4),
};
const inside = ([program, ...flags]: readonly string[], ...command: string[]): Promise<string> =>
  run(program, [...flags, ...command], { cwd: folder, env: BARE });

test("the bundle has no development tools, and the native modules of this platform alone", () => {
  const has = (path: string): string[] => readdirSync(join(unpacked, "app/node_modules", path));
  expect(has(".")).not.toContain("vitest");
  expect(has(".")).not.toContain("typescript");
  expect(has("@duckdb").filter((name) => name.startsWith("node-bindings-"))).toEqual([
    expect.stringContaining(`node-bindings-${process.platform}-${process.arch}`),
  ]);
  expect(readdirSync(unpacked)).toEqual(expect.arrayContaining(["NODE", "app", "fundpulse"]));
});

test("without any network: a workspace is made, filled, run and queried", async (context) => {
  if (WITHOUT_NETWORK === undefined) {
    return context.skip("this machine does not permit a network namespace (unshare --net)");
  }
  const net = WITHOUT_NETWORK;
  const interfaces = await inside(net, "sh", "-c", "ip -o link show up 2>/dev/null || true");
  expect(interfaces).toBe("");
  const fundpulse = join(unpacked, "fundpulse");
  expect(await inside(net, fundpulse, "--version")).toMatch(/^\d+\.\d+\.\d+/);
  await inside(net, fundpulse, "simulate", "free", "--set", "events=1000", "--workspace", "county");
  const config = ["--config", join(folder, "county/fundpulse.yaml")];
  await inside(net, fundpulse, "check", ...config);
  await inside(net, fundpulse, "run", "--until-drained", ...config);
  const sql =
    "SELECT sum(received) = sum(applied + duplicate + held + quarantined) AS balanced FROM quality_balance";
  expect(await inside(net, fundpulse, "sql", "--format", "csv", ...config, sql)).toMatch(/balanced\s+true/);
}, 300_000);

test("it starts through a link, as from /usr/local/bin", async () => {
  const link = join(folder, "linked");
  symlinkSync(join(unpacked, "fundpulse"), link);
  expect(await run(link, ["--version"], { env: BARE })).toMatch(/^\d+\.\d+\.\d+/);
});
