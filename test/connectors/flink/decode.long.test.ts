import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { flinkHome } from "../../../connectors/flink/cluster/distribution.js";
import { fundpulseJar } from "../../../connectors/flink/cluster/jar.js";
import { absentReads } from "../../../connectors/flink/normalise.js";
import { layoutJson, schemasJson } from "../../../connectors/flink/tables.js";
import { Privacy } from "../../../connectors/state/person-key.js";
import { STREAMS } from "../../../schemas/input/streams.js";
import { decodeAll, makeDecoder } from "../../support/decoding.js";
import { flinkPossible } from "../../support/flink/available.js";
import { writtenAvro } from "../../support/flink/avro.js";
import { bill } from "../../support/oracle/fixtures.js";

const KEY = "鍵 of a test";
const FIELDS = STREAMS.settlement.fields;
const ZONES = ["Asia/Shanghai", "America/Sao_Paulo"];
/** What these values come to in Java: column values, pseudonym of the bytes, the bytes sealed. */
type Row = [cells: (string | number | null)[], person: string | null, sealed: string | null];

const possible = await flinkPossible();
let dir: string;
let classPath: string;

beforeAll(async () => {
  if (!possible) return;
  dir = mkdtempSync(join(tmpdir(), "fundpulse-java-"));
  const lib = join(await flinkHome(), "lib", "*");
  classPath = [await fundpulseJar(), lib].join(":");
  const source = fileURLToPath(new URL("java/DecodeLines.java", import.meta.url));
  execFileSync("javac", ["-nowarn", "-Xlint:none", "-cp", classPath, "-d", dir, source], { stdio: "pipe" });
}, 900_000);
afterAll(() => {
  if (possible) rmSync(dir, { recursive: true, force: true });
});

function inJava(values: readonly (Buffer | null)[], zone: string): Row[] {
  const options = {
    columns: [...FIELDS.map((f) => f.name), "rejection", "setl_day"],
    fields: layoutJson("settlement", {}),
    schemas: schemasJson("settlement", []),
    zone,
    key: KEY,
  };
  const input = [JSON.stringify(options), ...values.map((v) => v?.toString("base64") ?? "-")].join("\n");
  const java = ["-Dfile.encoding=UTF-8", "-cp", `${dir}:${classPath}`, "cn.fundpulse.flink.DecodeLines"];
  const out = execFileSync("java", java, { input, maxBuffer: 256 * 1024 * 1024 }).toString("utf8");
  return out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

const ODD: readonly unknown[] = [
  ...[
    "",
    " ",
    "　",
    "ＡＢ１２",
    " 310 ",
    "\u200b310\ufeff",
    "abc def",
    "x".repeat(21),
    "x".repeat(65),
    "310\n",
    "\ud800",
    "a\u0007b",
  ],
  ...[
    "11010119900307123X",
    "620725900307123",
    "2024-02-30",
    "2024-02-29",
    "2024-02-29T00:00:00Z",
    "2024-02-29T12:00:00Z",
  ],
  ...[
    "2024-03-10 10:00:00",
    "2024-03-10T10:00:00",
    "2024-03-10T10:00+08:00",
    "2024-03-10T10:00:00.123456789Z",
    "2024-03-10t10:00:00z",
  ],
  ...[
    "2024-03-10T10:00:00-0330",
    "2024-03-10T10:00:00+19:00",
    "2024-03-10T24:00:00Z",
    "2018-11-04 00:30:00",
    "9999-12-31 23:59:59",
  ],
  ...[
    "0099-01-01T00:00:00Z",
    "1.5",
    "1.50",
    "1.505",
    "1E+3",
    "1e-2",
    "1e-3",
    "-0",
    "-0.00",
    "00012.30",
    "99999999999999.99",
    "100000000000000",
  ],
  ...[
    "6",
    "6.0",
    "6.5",
    "-6",
    "2147483648",
    "+1",
    ".5",
    "5.",
    "1,000",
    "NaN",
    "null",
    true,
    false,
    null,
    [],
    {},
    [1],
    { a: 1 },
  ],
  ...[
    0, 1, -1, 7, 310, 620725, 1.5, 1.505, 1e3, 1e21, 1709222400000, -62135596800000, 253402300799999,
    253402300800000,
  ],
];
const RAW_NUMBERS = ["1.0", "1e2", "1E+2", "007", "-0", "1.00000", "12345678901234567890", "6.0", "6.50"];

/** A bill with a few fields made odd, as JSON text; some of it broken. */
const texts = fc
  .record({
    changes: fc.array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom(...FIELDS.map((f) => f.name)),
          fc.constantFrom("inscp_amt", "cash_payamt", "unknown_field"),
        ),
        fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...ODD) },
          { weight: 1, arbitrary: fc.string() },
          { weight: 2, arbitrary: fc.constantFrom(...RAW_NUMBERS).map((raw) => ({ raw })) },
        ),
      ),
      { maxLength: 3 },
    ),
    without: fc.option(fc.constantFrom(...FIELDS.map((f) => f.name)), { nil: null, freq: 4 }),
    frame: fc.oneof(
      { weight: 12, arbitrary: fc.constant("") },
      { weight: 1, arbitrary: fc.constantFrom("bom", "space", "cut", "tail", "latin") },
    ),
  })
  .map(({ changes, without, frame }) => {
    const record: Record<string, unknown> = { ...bill() };
    for (const [name, value] of changes) record[name] = value;
    if (without) delete record[without];
    const parts = Object.entries(record).map(([name, value]) => {
      const raw = (value as { raw?: string } | null)?.raw;
      return `${JSON.stringify(name)}:${raw ?? JSON.stringify(value)}`;
    });
    const json = Buffer.from(`{${parts.join(", ")}}`);
    if (frame === "bom") return Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), json]);
    if (frame === "space") return Buffer.concat([Buffer.from(" \n"), json]);
    if (frame === "cut") return json.subarray(0, Math.floor(json.length / 2));
    if (frame === "tail") return Buffer.concat([json, Buffer.from("x")]);
    return frame === "latin" ? Buffer.concat([json.subarray(0, 3), Buffer.of(0xe9), json.subarray(3)]) : json;
  });

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b)),
  fc.uint8Array({ maxLength: 12 }).map((b) => Buffer.concat([Buffer.of(0xc3, 1), Buffer.from(b)])),
  fc.uint8Array({ maxLength: 12 }).map((b) => Buffer.concat([Buffer.of(0), Buffer.from(b)])),
);

const values = fc.oneof(
  { weight: 6, arbitrary: texts },
  { weight: 3, arbitrary: writtenAvro },
  { weight: 1, arbitrary: bytes },
  { weight: 1, arbitrary: fc.constant(null) },
);

test.skipIf(!possible).each(ZONES)(
  "a value is the same row as in the embedded engine: %s",
  { timeout: 600_000 },
  (zone) => {
    const sample = fc.sample(values, { seed: 7, numRuns: 6000 });
    const rows = inJava(sample, zone);
    expect(rows.length).toBe(sample.length);
    const calendar = new ZoneCalendar(zone);
    const decoder = makeDecoder({ calendar });
    const privacy = new Privacy(KEY);
    const differing: unknown[] = [];
    sample.forEach((value, i) => {
      const [cells, person, sealed] = rows[i];
      const [decoded] = decodeAll("settlement", { kind: "values", values: [value] }, decoder);
      const rejection = cells[FIELDS.length] as string | null;
      const wanted = decoded.rejection === null ? null : decoded.rejection.replace(": ", "|");
      const shown = value?.toString() ?? null;
      // Values of 4F are a container of one record here, which no topic carries; what is told of bytes that are none may differ.
      const reason = (text: string | null): string | null => (text === null ? null : text.split("|")[0]);
      if (value === null) {
        if (rejection !== "passed_over") differing.push([rejection]);
        return;
      }
      if (reason(rejection) !== reason(wanted)) differing.push([shown, rejection, wanted]);
      else if (wanted === null) {
        FIELDS.forEach(({ name, type }, slot) => {
          const mine = type === "string" && cells[slot] === "" ? null : cells[slot];
          if (mine !== (decoded.record![name] ?? absentReads(name) ?? null))
            differing.push([shown, name, cells[slot], decoded.record![name]]);
        });
        const time = decoded.record!.setl_time as number;
        // Before 1970 zones had offsets of odd seconds, which the two tell apart differently; too old to count anyway.
        if (time >= 0 && cells[FIELDS.length + 1] !== calendar.dayOf(time))
          differing.push([shown, "setl_day"]);
      } else if (/^(bad_value|missing_field)/.test(wanted) && rejection !== wanted)
        differing.push([shown, rejection, wanted]);
      if (
        person !== privacy.pseudonyms([value.toString("latin1")]).toString("hex") &&
        value.every((byte) => byte < 128)
      )
        differing.push([shown, "pseudonym"]);
      if (!privacy.open(Buffer.from(sealed!, "base64")).equals(value)) differing.push([shown, "sealed"]);
    });
    expect(differing.slice(0, 6)).toEqual([]);
  },
);
