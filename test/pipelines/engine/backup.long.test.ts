import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, settlement, Workspace } from "../../support/workspace.js";

const CONFIG = { groupings: ["total", "care"], periods: { firstDay: "2023-01-01", dayGroupings: ["total"] } };
const bills = (from: number, to: number): object[] =>
  Array.from({ length: to - from }, (_, i) => settlement(`S${from + i}`));

const used: Workspace[] = [];
const make = (config: object = {}): Workspace => {
  const w = new Workspace({ ...CONFIG, ...config });
  used.push(w);
  return w;
};
afterAll(() => {
  for (const w of used) w.remove();
});
const visits = async (w: Workspace): Promise<unknown> => {
  const rows = await w.query(`SELECT value::INTEGER AS n FROM indicators WHERE period = '2024-03'
    AND insurance = 'all' AND "grouping" = 'total' AND indicator = 'visits'`);
  return rows[0]?.n;
};
const refusal = (ended: Ended): [number | null, string | undefined] => [
  ended.code,
  /\[(FP\d+)\]/.exec(ended.err)?.[1],
];

/** 20 bills, then a backup, then 10 more and a close. */
let w: Workspace;
let file: string;
beforeAll(async () => {
  w = make();
  file = join(w.dir, "night.backup");
  w.put("settlement-1.ndjson", bills(0, 20));
  await w.drain();
  mkdirSync(join(w.data, "public"), { recursive: true });
  writeFileSync(join(w.data, "public", "2024Q1.json"), "an edition");
  // Beside an engine that holds the state.
  await w.engine(async () => {
    const ended = await w.cli("backup", file);
    expect([ended.code, ended.out.toString()]).toEqual([
      0,
      expect.stringContaining("20 settlements, 0 closes"),
    ]);
  });
  w.put("settlement-2.ndjson", bills(20, 30));
  await w.drain();
  await w.engine((engine) => engine.close("2024-03", { force: true }));
});

const lost = (what: readonly string[] = ["."]): Workspace => {
  const copy = make();
  for (const folder of ["inbox", "data"])
    cpSync(join(w.dir, folder), join(copy.dir, folder), { recursive: true });
  for (const name of what) rmSync(join(copy.data, name), { recursive: true, force: true });
  return copy;
};

describe("the drill: back up, lose the disk, restore, catch up", () => {
  test("nothing is left of data", async () => {
    const after = lost(["."]);
    const ended = await after.cli("restore", file);
    expect([ended.code, ended.out.toString()]).toEqual([0, expect.stringContaining("20 settlements")]);
    await after.drain();
    expect(await visits(after)).toBe(30);
    expect(readFileSync(join(after.data, "public", "2024Q1.json"), "utf8")).toBe("an edition");
    expect(statSync(after.state).mode & 0o777).toBe(0o600);
    const [snapshot] = await after.query("SELECT state_history FROM snapshot");
    expect(JSON.stringify(snapshot?.state_history)).toContain("restored");
    expect((await after.engine((engine) => engine.verify())).differenceCount).toBe(0);
    // Restored is restored: a second one would overwrite.
    expect(refusal(await after.cli("restore", file))).toEqual([1, "FP2012"]);
  });

  test("the state alone is lost, and the log of another one lies where it was", async () => {
    const after = lost(["state.sqlite"]);
    writeFileSync(`${after.state}-wal`, readFileSync(w.state));
    const ended = await after.cli("restore", file);
    expect([ended.code, ended.out.toString()]).toEqual([
      0,
      expect.stringContaining("to be closed again: 2024-03"),
    ]);
    await after.drain();
    expect(await visits(after)).toBe(30);
    expect(await after.query("SELECT period FROM closed_period")).toEqual([]);
    // Versions do not fall, and nothing asks again.
    const [snapshot] = await after.query("SELECT version::INTEGER AS version FROM snapshot");
    expect(snapshot?.version).toBeGreaterThan(3);
    await after.drain();
    expect((await after.engine((engine) => engine.verify())).differenceCount).toBe(0);
  });
});

describe("what is no whole backup of this state is refused, and nothing is changed", () => {
  const spoiled = (name: string, spoil: (path: string) => void): string => {
    const path = join(w.dir, name);
    cpSync(file, path);
    spoil(path);
    return path;
  };
  const flip = (path: string, at: number): void => {
    const bytes = readFileSync(path);
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    writeFileSync(path, bytes);
  };
  test.each<readonly [string, (path: string) => void]>([
    ["cut off", (path) => truncateSync(path, statSync(path).size - 100)],
    ["cut to nothing", (path) => truncateSync(path, 0)],
    ["grown", (path) => appendFileSync(path, "x")],
    ["one bit of the state", (path) => flip(path, 9000)],
    ["one bit of the contents", (path) => flip(path, -90)],
    ["one bit of the digest", (path) => flip(path, -50)],
    ["a state file", (path) => cpSync(w.state, path)],
    ["gone", (path) => rmSync(path)],
  ])("%s", async (name, spoil) => {
    const after = make();
    expect(refusal(await after.cli("restore", spoiled(`${name}.backup`, spoil)))).toEqual([1, "FP2013"]);
    expect(existsSync(after.state)).toBe(false);
    expect(existsSync(`${after.state}.restoring`)).toBe(false);
  });

  test("another key", async () => {
    const after = make({ privacy: { personKey: "another" } });
    expect(refusal(await after.cli("restore", file))).toEqual([1, "FP2003"]);
    expect(existsSync(after.state)).toBe(false);
  });

  test("a state stands, or a process holds the folder", async () => {
    const after = lost([]);
    const before = readFileSync(after.state);
    expect(refusal(await after.cli("restore", file))).toEqual([1, "FP2012"]);
    expect(readFileSync(after.state).equals(before)).toBe(true);
    await after.engine(async () => {
      expect(refusal(await after.cli("restore", file))).toEqual([1, "FP2001"]);
    });
  });

  test("a backup overwrites nothing but a backup, and is not kept where the state is", async () => {
    const other = join(w.dir, "precious.txt");
    writeFileSync(other, "precious");
    expect(refusal(await w.cli("backup", other))).toEqual([1, "FP2012"]);
    expect(readFileSync(other, "utf8")).toBe("precious");
    expect(refusal(await w.cli("backup", join(w.data, "x.backup")))).toEqual([1, "FP2012"]);
    expect(refusal(await make().cli("backup", join(w.dir, "none.backup")))).toEqual([1, "FP4002"]);
    const again = join(w.dir, "again.backup");
    cpSync(file, again);
    expect((await w.cli("backup", again)).out.toString()).toContain("30 settlements, 1 closes");
  });
});
