import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { main } from "../../../pipelines/cli/program.js";
import { caughtOutput } from "../../support/output.js";
import { settlement, Workspace } from "../../support/workspace.js";

/** Who looks at records of persons leaves a line; what they hold obeys no terminal. */
const caught = caughtOutput();
const EVIL = "x\u001b[31m\u202e";
let w: Workspace;
beforeAll(async () => {
  w = new Workspace({ groupings: ["total", "care", "care+facility"] });
  w.reference("facilities", `fixmedins_code,admdvs,name\nH62072500001,620725,${EVIL}院\n`);
  w.put("settlement-1.ndjson", [
    settlement("S1"),
    settlement("S2", { fund_pay_sumamt: "1.00", mdtrt_id: "M\u009b2J" }),
    "{broken \u001b[2J",
  ]);
  await w.drain();
});
afterAll(() => w.remove());

const log = (): Record<string, string>[] => {
  try {
    return readFileSync(join(w.data, "detail", "access.log"), "utf8")
      .trim()
      .split("\n")
      .map((l) => JSON.parse(l));
  } catch {
    return [];
  }
};
const run = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  caught.out = "";
  caught.err = "";
  const code = await main([...args, "--config", w.configFile]);
  return { code, out: caught.out, err: caught.err };
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/;

test("a look into the quarantine is written down first, and shows JSON that no terminal obeys", async () => {
  const before = log().length;
  const { code, out, err } = await run("quarantine", "show", "1");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ setl_id: "S2", mdtrt_id: "M\u009b2J" });
  expect(out + err).not.toMatch(OBEYED);
  expect(log().slice(before)).toEqual([
    {
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      who: expect.stringMatching(/./),
      address: expect.any(String),
      by: "quarantine show",
      what: "record 1",
    },
  ]);
  expect(statSync(join(w.data, "detail", "access.log")).mode & 0o777).toBe(0o600);
  const broken = await run("quarantine", "show", "2");
  expect(JSON.parse(broken.out)).toMatchObject({
    undecodable: expect.any(String),
    text: "{broken \u001b[2J",
  });
  expect(broken.out).not.toMatch(OBEYED);
});

test("settlements behind a figure are a look, sums and statements alone are none", async () => {
  const before = log().length;
  expect((await run("explain", "2024-03", "visits", "care=outpatient", "--limit", "0")).code).toBe(0);
  expect(log().length).toBe(before);
  const shown = await run("explain", "2024-03", "visits", "care=outpatient", "facility=H62072500001");
  expect(shown.code).toBe(0);
  expect(shown.out).toContain("x\\x1b[31m\\u202e院");
  expect(shown.out).not.toMatch(OBEYED);
  expect(log().at(-1)).toMatchObject({
    by: "explain --format text --limit 20",
    what: "2024-03 visits care=outpatient facility=H62072500001",
  });
});

test("tables, lists and errors obey nobody", async () => {
  for (const args of [
    ["sql", "FROM dim_facility"],
    ["sql", "--format", "json", "FROM dim_facility"],
    ["quarantine", "list"],
    ["sql", `SELECT * FROM "${EVIL}"`],
    ["report", EVIL],
    ["quarantine", "show", EVIL],
  ])
    expect(Object.values(await run(...args)).join(""), args.join(" ")).not.toMatch(OBEYED);
});

test("where the look cannot be written nothing is shown", async () => {
  const path = join(w.data, "detail", "access.log");
  const kept = readFileSync(path);
  rmSync(path);
  const { mkdirSync } = await import("node:fs");
  mkdirSync(path);
  for (const args of [
    ["quarantine", "show", "1"],
    ["explain", "2024-03", "visits", "care=outpatient"],
  ]) {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain("[FP5002]");
  }
  rmSync(path, { recursive: true });
  writeFileSync(path, kept, { mode: 0o600 });
});

test("an Avro record of the quarantine is shown in its own field names, with what its values mean", async () => {
  const { writeOneRecordContainer } = await import("../../../connectors/decode/avro/container.js");
  const { BatchDecoder } = await import("../../../connectors/decode/decoder.js");
  const { ZoneCalendar } = await import("../../../aggregations/calendar.js");
  const { default: avro } = await import("avsc");
  const schema = {
    type: "record",
    name: "Foreign",
    fields: [
      { name: "id", type: "string" },
      { name: "paid", type: { type: "bytes", logicalType: "decimal", precision: 16, scale: 2 } },
      { name: "day", type: ["null", { type: "int", logicalType: "date" }] },
      { name: "tags", type: { type: "map", values: "long" } },
    ],
  };
  const record = avro.Type.forSchema(schema as never, { wrapUnions: false }).toBuffer({
    ...{ id: "X\u001b", paid: Buffer.from([0xff, 0x38]), day: 19_800, tags: { a: 7 } },
  });
  const decoder = new BatchDecoder({ calendar: new ZoneCalendar("Asia/Shanghai") });
  const value = writeOneRecordContainer(JSON.stringify(schema), record);
  const shown = await decoder.shown(value);
  expect(JSON.parse(shown)).toEqual({ id: "X\u001b", paid: "-2.00", day: "2024-03-18", tags: { a: 7 } });
  expect(shown).not.toMatch(OBEYED);
  const cut = writeOneRecordContainer(JSON.stringify(schema), record.subarray(0, 3));
  expect(JSON.parse(await decoder.shown(cut))).toMatchObject({ undecodable: expect.any(String) });
  for (const bytes of [
    Buffer.of(0xc3, 1, 2),
    Buffer.of(0, 0, 0, 0, 9, 1),
    Buffer.of(0xff, 0xfe),
    Buffer.alloc(0),
  ])
    expect(JSON.parse(await decoder.shown(bytes))).toHaveProperty("base64");
});
