import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MemoryPublisher } from "../../support/memory-publisher.js";
import {
  type Ended,
  memoryFigures,
  refund,
  resultHashes,
  settlement,
  Workspace,
} from "../../support/workspace.js";

const made: Workspace[] = [];
afterAll(() => {
  for (const w of made) w.remove();
});

const BASE = {
  periods: { firstDay: "2023-01-01", keepDays: 30, keepFacilityDays: 10 },
  log: { level: "trace" },
};

/** Facilities in and around the county, of several tiers. */
const FACILITIES = `fixmedins_code,admdvs,hosp_lv,ownership,kind
H62072500001,620725,05,public,hospital
H62072500002,620725,08,private,township
H62070200003,620702,02,public,hospital
H61010300004,610103,02,public,hospital
`;

/** Records that every configuration below looks at differently. */
function records(): Record<string, unknown>[] {
  const out: Record<string, unknown>[] = [];
  const facilities = ["H62072500001", "H62072500002", "H62070200003", "H61010300004"];
  for (let i = 0; i < 120; i++) {
    const month = String((i % 6) + 1).padStart(2, "0");
    out.push(
      settlement(`S${i}`, {
        setl_time: `2024-${month}-${i % 7 === 0 ? "28T23:30:00" : "10T10:00:00"}+08:00`,
        fixmedins_code: facilities[i % 4],
        med_type: ["11", "14", "9901"][i % 3],
        insutype: i % 5 === 0 ? "310" : "390",
        psn_no: `6207251980010${String(i % 40).padStart(4, "0")}X`,
      }),
    );
  }
  for (let i = 0; i < 20; i++) {
    out.push(refund(`R${i}`, `S${i}`, { ...pick(out[i]!), setl_time: "2024-06-20T08:00:00+08:00" }));
  }
  // Of an insurance that some configuration knows and another does not.
  for (const id of ["L1", "L2"]) {
    out.push(settlement(id, { insutype: "370", setl_time: "2024-03-31T23:30:00+08:00" }));
  }
  // In another month, seen from farther east.
  out.push(settlement("E1", { setl_time: "2024-03-31T23:30:00+08:00" }));
  return out;
}

const pick = ({ fixmedins_code, med_type, insutype, psn_no }: Record<string, unknown>) => ({
  fixmedins_code,
  med_type,
  insutype,
  psn_no,
});

function workspace(config: Record<string, unknown> = {}, categories = CATEGORIES): Workspace {
  const w = new Workspace({ ...BASE, ...config });
  made.push(w);
  w.reference("facilities", FACILITIES);
  w.reference("categories", categories);
  w.put("settlement-1.ndjson", records());
  return w;
}

const CATEGORIES = "med_type,category,care\n9901,门诊两病,outpatient\n";

/** A drained workspace's state copied into a new one, so that tests may damage it. */
function copyOf(from: Workspace): Workspace {
  const w = workspace();
  mkdirSync(w.data);
  copyFileSync(from.state, w.state);
  return w;
}

let base: Workspace;
let baseInMemory: MemoryPublisher;
beforeAll(async () => {
  base = workspace();
  expect(await base.drain()).toMatchObject({ applied: 141, quarantined: 2, drained: true });
  baseInMemory = await copyOf(base).drainToMemory();
});

const refusal = (e: Ended): [number | null, string | undefined] => [e.code, /FP\d{4}/.exec(e.err)?.[0]];

describe("a state that does not fit is refused and left as it was", () => {
  test.each([
    ["another personKey", { privacy: { personKey: "another" } }, 1, "FP2003"],
    ["another refund policy", { refunds: "original-period" }, 2, "FP2005"],
    ["other care groups", { careGroups: [{ name: "都" }] }, 2, "FP2005"],
    ["other insurances", { insurances: { resident: ["390", "370"] } }, 2, "FP2005"],
    ["other groupings", { groupings: ["total", "care"] }, 2, "FP2005"],
    ["another time zone", { timezone: "Asia/Urumqi" }, 2, "FP2005"],
  ])("%s", async (_name, config, exit, code) => {
    const w = copyOf(base);
    w.configure({ ...BASE, ...config });
    const before = readFileSync(w.state);
    expect(refusal(await w.cli("run", "--until-drained"))).toEqual([exit, code]);
    expect(readFileSync(w.state).equals(before)).toBe(true);
    // Back under its own configuration it goes on.
    w.configure(BASE);
    expect(memoryFigures(await w.drainToMemory())).toEqual(memoryFigures(baseInMemory));
  });

  test("another schema version", async () => {
    const w = copyOf(base);
    const db = new Database(w.state);
    db.pragma("user_version = 999");
    db.close();
    const ended = await w.cli("run", "--until-drained");
    expect(refusal(ended)).toEqual([1, "FP2002"]);
    expect(ended.err).toContain("999");
  });

  test("a second process on the same data", async () => {
    const w = copyOf(base);
    await w.engine(async () => {
      const ended = await w.cli("run", "--until-drained");
      expect(refusal(ended)).toEqual([1, "FP2001"]);
      expect(ended.err).toContain(`process ${process.pid}`);
      expect(refusal(await w.cli("rebuild"))).toEqual([1, "FP2001"]);
      // What can be asked of the holder is.
      expect((await w.cli("quarantine", "retry", "--all")).code).toBe(0);
    });
    expect((await w.cli("quarantine", "retry", "--all")).code).toBe(0);
  });
});

describe("a damaged state is refused", () => {
  test("bytes that are no database", async () => {
    const w = copyOf(base);
    writeFileSync(w.state, Buffer.alloc(8192, "garbage"));
    expect(refusal(await w.cli("run", "--until-drained"))).toEqual([1, "FP2004"]);
  });

  test("a database of another program", async () => {
    const w = copyOf(base);
    writeFileSync(w.state, "");
    const db = new Database(w.state);
    db.exec("CREATE TABLE t (a)");
    db.close();
    expect(refusal(await w.cli("run", "--until-drained"))).toEqual([1, "FP2004"]);
  });

  test.each(["block", "checkpoint", "person_chunk"])("a flipped bit in a %s", async (table) => {
    const w = copyOf(base);
    const column = table === "person_chunk" ? "tags" : "data";
    const db = new Database(w.state);
    const rows = db.prepare(`SELECT rowid AS id, ${column} AS data FROM ${table}`).all() as {
      id: number;
      data: Buffer;
    }[];
    for (const { id, data } of rows) {
      data[data.length >> 1]! ^= 4;
      db.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`).run(data, id);
    }
    db.close();
    const before = readFileSync(w.state);
    // A record of every month, so that every month is looked at.
    w.put(
      "settlement-2.ndjson",
      records().map((r) => ({ ...r, updt_time: "2024-07-01 00:00:00", dise_no: "X" })),
    );
    expect(refusal(await w.cli("run", "--until-drained"))).toEqual([1, "FP2004"]);
    if (table === "person_chunk") expect(readFileSync(w.state).equals(before)).toBe(true);
  });

  test("a page of garbage never gives a trace, and never other figures", { tags: "long" }, async () => {
    const expected = memoryFigures(baseInMemory);
    const size = statSync(base.state).size;
    const pages = Array.from({ length: size / 4096 - 1 }, (_, i) => (i + 1) * 4096);
    const ends: string[] = [];
    for (const at of pages) {
      const w = copyOf(base);
      const bytes = readFileSync(w.state);
      bytes.fill(0xa5, at, at + 4096);
      writeFileSync(w.state, bytes);
      const end = await w.drainToMemory().then(
        (told) => (isDeepStrictEqual(memoryFigures(told), expected) ? "the same" : "other figures"),
        (error) => String(error.code ?? error.stack),
      );
      if (end !== "the same" && end !== "FP2004") ends.push(`page ${at / 4096}: ${end}`);
    }
    expect(ends).toEqual([]);
  });
});

describe("rebuild derives what a fresh run under that configuration gives", () => {
  const careGroups = [
    { name: "市外", when: { region: ["province", "national"] } },
    { name: "县级民营", when: { tier: ["1"], ownership: ["private"] } },
    { name: "其他" },
  ];
  test.each([
    ["care groups", { careGroups }],
    ["refund policy", { refunds: "original-period" }],
    ["insurances", { insurances: { resident: ["390", "391", "392", "370"] } }],
    ["groupings and sums", { groupings: ["total", "care", "care+district"], reimbursed: ["pool_paid"] }],
    ["jurisdiction", { jurisdiction: { name: "甘州区", admdvs: "620702", level: "county" } }],
    ["time zone", { timezone: "Asia/Tokyo" }],
    ["first day", { periods: { ...BASE.periods, firstDay: "2024-03-01" } }],
  ])("%s", async (_name, config) => {
    const w = copyOf(base);
    w.configure({ ...BASE, ...config });
    const expected = memoryFigures(await workspace(config).drainToMemory());
    expect(memoryFigures(await w.rebuildToMemory())).toEqual(expected);
    expect(expected).not.toEqual(memoryFigures(baseInMemory));
    // And back again.
    w.configure(BASE);
    await expect(w.drainToMemory()).rejects.toThrow("FP2005");
    expect(memoryFigures(await w.rebuildToMemory())).toEqual(memoryFigures(baseInMemory));
  });

  test("care groups, by the command, in every published table", { tags: "long" }, async () => {
    const w = copyOf(base);
    w.configure({ ...BASE, careGroups });
    expect(await w.cli("rebuild")).toMatchObject({ code: 0 });
    const fresh = workspace({ careGroups });
    await fresh.drain();
    expect(await resultHashes(w)).toEqual(await resultHashes(fresh));
  });

  test("categories, by a start alone", async () => {
    const other = "med_type,category,care,parent\n9901,慢病,pharmacy,\n14,门诊特病,outpatient,普通门诊\n";
    const w = copyOf(base);
    w.reference("categories", other);
    const expected = memoryFigures(await workspace({}, other).drainToMemory());
    expect(memoryFigures(await w.drainToMemory())).toEqual(expected);
  });

  test("a rebuild that was interrupted is made again, not gone on with", { tags: "long" }, async () => {
    const config = { refunds: "original-period" };
    const fresh = workspace(config);
    await fresh.drain();
    const w = copyOf(base);
    w.configure({ ...BASE, ...config });
    for (const life of [250, 350, 450, 700]) {
      const { child, ended } = w.start("rebuild");
      setTimeout(() => child.kill("SIGKILL"), life);
      const { code } = await ended;
      if (code === 0) break;
      const next = await w.cli("run", "--until-drained");
      // Refused as long as it is half-way; once it is through, it is right.
      if (next.code === 0) expect(await resultHashes(w)).toEqual(await resultHashes(fresh));
      else expect(refusal(next)).toEqual([2, "FP2005"]);
    }
    expect((await w.cli("rebuild")).code).toBe(0);
    expect(await resultHashes(w)).toEqual(await resultHashes(fresh));
  });
});

test("after a failed commit nothing more is kept, and the next start goes on as if nothing had been", {
  tags: "long",
}, async () => {
  const w = copyOf(base);
  const { State } = await import("../../../pipelines/ledger/state.js");
  const { loadConfig } = await import("../../../connectors/config/load.js");
  const { loadReference } = await import("../../../connectors/config/reference.js");
  const { config } = loadConfig(w.configFile);
  const state = new State(config, loadReference(config.reference, config.timezone), Date.now, {
    rebuild: false,
  });
  const fail = (): never => {
    throw new Error("disk full");
  };
  expect(() => state.store.commit(fail)).toThrow("disk full");
  expect(() => state.store.commit(() => state.store.setMeta("x", "y"))).toThrow("disk full");
  expect(state.store.meta("x")).toBeUndefined();
  state.close();
  await w.drain();
  expect(await resultHashes(w)).toEqual(await resultHashes(base));
});

test("no person number stands anywhere: state, published file, logs, outputs", { tags: "long" }, async () => {
  const w = new Workspace(BASE);
  made.push(w);
  const numbers: string[] = [];
  const person = (): string => {
    numbers.push(`62072519771231${String(numbers.length).padStart(3, "0")}X`);
    return numbers.at(-1)!;
  };
  const good = settlement("S1", { psn_no: person() });
  w.put("settlement-1.ndjson", [
    good,
    good,
    { ...good, updt_time: "2024-05-01 00:00:00", medfee_sumamt: "101.00", psn_cash_pay: "41.00" },
    { ...good, updt_time: "2024-05-01 00:00:00", psn_no: person() },
    refund("R1", "S1", { psn_no: person() }),
    settlement("Q1", { psn_no: person(), med_type: "9977" }),
    settlement("Q2", { psn_no: person(), fund_pay_sumamt: "1.00" }),
    settlement("Q3", { psn_no: person(), setl_time: "yesterday" }),
    settlement("Q4", { psn_no: person(), medfee_sumamt: "one hundred" }),
    `{"setl_id": "Q5", "psn_no": "${person()}", `,
    `{"psn_no": ["${person()}"], "setl_id": "Q6"}`,
    settlement("Q7", { psn_no: person(), setl_time: "2020-01-01 00:00:00" }),
    settlement("Q8", {
      psn_no: person(),
      insu_admdvs: "110101",
      fix_blng_admdvs: "110101",
      fixmedins_code: "H1",
    }),
    settlement("Q9", {
      psn_no: person(),
      setl_time: "2199-01-01 00:00:00",
      updt_time: "2199-01-01 00:00:00",
    }),
  ]);
  const outputs: Ended[] = [];
  outputs.push(await w.cli("run", "--until-drained"));
  outputs.push(await w.cli("check"), await w.cli("rebuild"));
  outputs.push(await w.cli("quarantine", "list"), await w.cli("quarantine", "list", "--format", "json"));
  outputs.push(await w.cli("quarantine", "retry", "--all"));
  outputs.push(await w.cli("sql", "--format", "csv", "FROM quality_quarantine"));
  const { child, ended } = w.start("run", "--no-ops");
  await new Promise((resolve) => setTimeout(resolve, 1200));
  // What stands on the disk of a process that is killed: the WAL and whatever lies about.
  child.kill("SIGKILL");
  outputs.push(await ended);
  expect(outputs.map((o) => o.code)).toEqual([0, 0, 0, 0, 0, 0, 0, null]);
  const files = (readdirSync(w.data, { recursive: true }) as string[])
    .map((name) => join(w.data, name))
    .filter((file) => statSync(file).isFile());
  expect(files).toEqual(expect.arrayContaining([w.state, w.published]));
  const places = [
    ...files.map((file): [string, Buffer] => [file, readFileSync(file)]),
    ...outputs.flatMap((o): [string, Buffer][] => [
      ["stdout", o.out],
      ["stderr", Buffer.from(o.err)],
    ]),
  ];
  const found: string[] = [];
  for (const [at, bytes] of places) {
    for (const number of numbers) {
      // Without the check letter too: a packed form might keep the digits alone.
      for (const encoding of ["utf8", "utf16le", "base64", "hex"] as const) {
        const needle =
          encoding === "base64" || encoding === "hex"
            ? Buffer.from(number).toString(encoding).slice(0, 20)
            : Buffer.from(number.slice(0, 17), encoding);
        if (bytes.includes(needle)) found.push(`${encoding} in ${at}`);
      }
    }
  }
  expect(found).toEqual([]);
  // The quarantine command alone gives them back, byte for byte.
  const list = JSON.parse((await w.cli("quarantine", "list", "--format", "json")).out.toString()) as {
    id: number;
    reason: string;
  }[];
  const undecodable = list.find((e) => e.reason === "undecodable")!;
  expect((await w.cli("quarantine", "show", String(undecodable.id))).out.toString()).toContain(
    "62072519771231",
  );
});
