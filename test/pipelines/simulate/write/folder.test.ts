import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import avsc from "avsc";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SimEvent, setAmounts } from "../../../../pipelines/simulate/write/event.js";
import { AVRO_CODECS, FolderWriter } from "../../../../pipelines/simulate/write/folder.js";
import { AMOUNT_INDEX, Settlement } from "../../../../schemas/input/settlement.js";

const snappy = createRequire(import.meta.url)("snappyjs") as { uncompress(b: Buffer): Uint8Array };

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "fundpulse-write-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function settlement(i: number): SimEvent {
  const s = new Settlement();
  s.setl_id = `S${i}`;
  s.mdtrt_id = `M${i}`;
  s.psn_no = "00123";
  s.insutype = "390";
  s.insu_admdvs = "620725";
  s.fixmedins_code = "H62072500001";
  s.med_type = "21";
  s.dise_no = '"甲"';
  s.setl_time = 1_704_124_800_123 + i;
  s.updt_time = s.setl_time;
  s.begndate = 19_700;
  s.enddate = 19_707;
  s.ipt_days = 7;
  const sign = i % 2 === 0 ? 1 : -1;
  setAmounts(s, 10 ** (i % 14) + 5, 4, 3, 1, 0, 0, 0);
  for (let a = 0; a < s.amounts.length; a++) s.amounts[a] = 0 + sign * s.amounts[a];
  s.amounts[AMOUNT_INDEX.act_pay_dedc] = Number.NaN;
  return { stream: "settlement", record: s };
}

const enrolment: SimEvent = {
  stream: "enrolment",
  record: {
    as_of: 19_723,
    admdvs: "620725",
    insurance: "resident",
    group: null,
    sex: null,
    persons: 146_495,
    paid_persons: null,
    target_persons: null,
    updt_time: 1_704_124_800_000,
  },
};

const fact: SimEvent = {
  stream: "reported-fact",
  record: {
    fact_id: "f1",
    indicator: "x",
    period: "2024-01",
    admdvs: "620725",
    dimensions: { insurance: "resident", 类: "甲" },
    value: "12.50",
    unit: "yuan",
    reported_by: null,
    updt_time: 1_704_124_800_000,
  },
};

/** Amounts come back as the raw bytes of the decimal: two's complement, big-endian. */
function fenOf(bytes: Buffer): number {
  let value = 0n;
  for (const b of bytes) value = (value << 8n) | BigInt(b);
  return Number(BigInt.asIntN(bytes.length * 8, value));
}

function readContainer(file: string): Promise<Record<string, unknown>[]> {
  const codecs = {
    ...(avsc.streams.BlockDecoder as unknown as { getDefaultCodecs(): object }).getDefaultCodecs(),
    snappy: (buf: Buffer, done: (e: Error | null, b: Buffer) => void) =>
      done(null, Buffer.from(snappy.uncompress(buf.subarray(0, -4)))),
  };
  return new Promise((resolve, reject) => {
    const rows: Record<string, unknown>[] = [];
    avsc
      .createFileDecoder(file, { codecs } as never)
      .on("data", (row) => rows.push(row as Record<string, unknown>))
      .on("error", reject)
      .on("end", () => resolve(rows));
  });
}

describe("a folder writer", () => {
  it.each(AVRO_CODECS)("writes Avro containers that avsc reads back, codec %s", async (codec) => {
    const writer = new FolderWriter(dir, { format: "avro", codec, blockBytes: 500 });
    for (let i = 0; i < 40; i++) writer.write(settlement(i));
    writer.write(enrolment);
    writer.write(fact);
    const files = writer.close();
    expect(files.map((f) => path.basename(f)).sort()).toEqual([
      "enrolment-000001.avro",
      "reported-fact-000001.avro",
      "settlement-000001.avro",
    ]);
    const rows = await readContainer(path.join(dir, "settlement-000001.avro"));
    expect(rows).toHaveLength(40);
    for (const [i, row] of rows.entries()) {
      const { record } = settlement(i) as Extract<SimEvent, { stream: "settlement" }>;
      expect(row.setl_id).toBe(record.setl_id);
      expect(row.init_setl_id).toBeNull();
      expect(row.dise_no).toBe('"甲"');
      expect(row.setl_time).toBe(record.setl_time);
      expect(row.begndate).toBe(19_700);
      expect(fenOf(row.medfee_sumamt as Buffer)).toBe(record.amounts[AMOUNT_INDEX.medfee_sumamt]);
      expect(fenOf(row.psn_cash_pay as Buffer)).toBe(record.amounts[AMOUNT_INDEX.psn_cash_pay]);
      expect(row.act_pay_dedc).toBeNull();
    }
    expect(await readContainer(path.join(dir, "enrolment-000001.avro"))).toEqual([enrolment.record]);
    expect(await readContainer(path.join(dir, "reported-fact-000001.avro"))).toEqual([fact.record]);
  });

  it("writes one JSON object a line with decimal amounts, dates and times with an offset", () => {
    const writer = new FolderWriter(dir, { format: "ndjson", gzip: true, blockBytes: 900 });
    for (let i = 0; i < 9; i++) writer.write(settlement(i));
    const [file] = writer.close();
    expect(path.basename(file)).toBe("settlement-000001.ndjson.gz");
    const lines = gunzipSync(readFileSync(file)).toString().trimEnd().split("\n");
    expect(lines).toHaveLength(9);
    const row = JSON.parse(lines[3]);
    expect(row.medfee_sumamt).toBe("-10.05");
    expect(row.hifob_pay).toBe("0.00");
    expect(row.begndate).toBe("2023-12-09");
    expect(Date.parse(row.setl_time)).toBe(1_704_124_800_126);
    expect(row.setl_time).toMatch(/\+08:00$/);
    expect(row.dise_no).toBe('"甲"');
    expect(row).not.toHaveProperty("act_pay_dedc");
  });

  it("shows a file under its name only when it is complete", () => {
    const writer = new FolderWriter(dir, { format: "ndjson" });
    writer.write(settlement(1));
    expect(readdirSync(dir).every((name) => name.startsWith("."))).toBe(true);
    writer.label("2024-02");
    expect(readdirSync(dir)).toEqual(["settlement-000001.ndjson"]);
    writer.write(settlement(2));
    writer.close();
    expect(readdirSync(dir).sort()).toEqual(["settlement-000001.ndjson", "settlement-2024-02.ndjson"]);
  });
});
