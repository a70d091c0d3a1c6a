import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import avro from "avsc";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { BatchDecoder } from "../../../connectors/decode/decoder.js";
import { kindOfName } from "../../../connectors/folder/files.js";
import { FolderSource } from "../../../connectors/folder/source.js";
import type {
  PartitionChange,
  Position,
  SourceBatch,
  SourceContext,
  SourceLag,
} from "../../../connectors/ports/source.js";
import type { FolderSourceConfig } from "../../../schemas/config/schema.js";
import { avroSchema } from "../../../schemas/input/streams.js";
import { sourceContract } from "../../contracts/source.js";
import {
  avroLong,
  container,
  containerBlock,
  containerHeader,
  decimalBytes,
  SYNC,
} from "../../support/avro-files.js";

sourceContract("the drop folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fundpulse-folder-"));
  let files = 0;
  return {
    open: async () => new FolderSource({ path: folder, pollMs: 10 }),
    produce: async (stream, values, partition) => {
      const name = `${stream}-${String(files++).padStart(6, "0")}-${partition}.ndjson`;
      writeFileSync(join(folder, `.${name}`), values.map((v) => `${v}\n`).join(""));
      renameSync(join(folder, `.${name}`), join(folder, name));
    },
    dispose: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "fundpulse-folder-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const put = (name: string, bytes: Buffer | string) => writeFileSync(join(dir, name), bytes);

/** A small state: what was delivered, and the committed positions. `killAfter` forgets everything later. */
class Program {
  committed = new Map<string, Position>();
  readonly changes = new Map<string, PartitionChange>();
  seen: string[] = [];
  batches: SourceBatch[] = [];
  warnings: { event: string; detail: Record<string, unknown> }[] = [];
  drained = 0;
  readonly decoder = new BatchDecoder({ calendar: new ZoneCalendar("Asia/Shanghai") });

  constructor(readonly encoding?: FolderSourceConfig["encoding"]) {}

  context(signal: AbortSignal): SourceContext {
    return {
      committed: (_, partition) => this.committed.get(partition),
      partitions: () => [...this.committed.values()],
      signal,
      warn: (event, detail) => this.warnings.push({ event, detail }),
      changedAs: (_, partition) => this.changes.get(partition)?.mark,
      changed: async (change) => {
        this.changes.set(change.partition, change);
      },
      restored: async (_, partition) => {
        this.changes.delete(partition);
      },
    };
  }

  async run(killAfter = Number.POSITIVE_INFINITY): Promise<void> {
    const source = new FolderSource({ path: dir, pollMs: 20, encoding: this.encoding });
    const controller = new AbortController();
    let left = killAfter;
    await source.run(
      this.context(controller.signal),
      async (batch) => {
        if (left-- <= 0) {
          controller.abort();
          return;
        }
        this.apply(batch);
      },
      { untilDrained: true, onDrained: () => this.drained++ },
    );
    await source.close();
  }

  apply(batch: SourceBatch): void {
    const before = this.committed.get(batch.position.partition)?.next ?? 0;
    let count = 0;
    this.decoder.records(batch, (index, _raw, record, rejection) => {
      count++;
      const at = batch.payload.kind === "values" ? batch.positions[index] : batch.positions[0] + index;
      this.seen.push(
        `${batch.position.partition}#${at} ${record ? (record.entry_id ?? record.fixmedins_code) : rejection?.detail}`,
      );
    });
    if (count > 0) expect(batch.positions[0]).toBe(before);
    expect(batch.position.next).toBe(before + count);
    this.batches.push(batch);
    this.committed.set(batch.position.partition, batch.position);
  }
}

async function drain(encoding?: FolderSourceConfig["encoding"]): Promise<Program> {
  const program = new Program(encoding);
  await program.run();
  return program;
}

const schema = avroSchema("facility");
const type = avro.Type.forSchema(schema as avro.Schema);
const facility = (code: string): Buffer => {
  const empty = Object.fromEntries(
    (schema as { fields: { name: string }[] }).fields.map((f) => [f.name, null]),
  );
  return type.toBuffer({ ...empty, fixmedins_code: code, admdvs: "620725" });
};
const facilities = (n: number) => Array.from({ length: n }, (_, i) => facility(`F${i}`));
const line = (code: string) => JSON.stringify({ fixmedins_code: code, admdvs: "620725" });

const details = (program: Program) => program.seen.map((s) => s.replace(/^\S+ /, ""));

describe("file names", () => {
  it("tell stream, format and packing", () => {
    expect(kindOfName("fund-entry-2024.avro")).toEqual({ stream: "fund-entry", format: "avro", gzip: false });
    expect(kindOfName("dip-result-a.ndjson.gz")).toEqual({
      stream: "dip-result",
      format: "ndjson",
      gzip: true,
    });
    expect(kindOfName("reported-fact-x.y-z.ndjson")?.stream).toBe("reported-fact");
    expect(kindOfName("settlement-1.avro.gz")?.stream).toBe("settlement");
    for (const name of [
      "fund-1.avro",
      "settlement.avro",
      "settlement-.avro",
      "settlement-1.csv",
      "facility-1.gz",
    ])
      expect(kindOfName(name), name).toBeNull();
  });

  it("that fit no stream are reported once and by check; hidden and unfinished files are ignored", async () => {
    put("prices.csv", "x");
    put(".facility-1.ndjson", line("H"));
    put("facility-1.ndjson.tmp", line("T"));
    put("facility-1.ndjson.part", line("P"));
    mkdirSync(join(dir, "facility-dir.ndjson"));
    execFileSync("mkfifo", [join(dir, "facility-pipe.ndjson")]);
    const program = await drain();
    expect(program.seen).toEqual([]);
    expect(program.warnings).toEqual([{ event: "file_fits_no_stream", detail: { file: "prices.csv" } }]);
    expect(await new FolderSource({ path: dir }).check()).toContain("prices.csv");
  });

  it("a folder that is not there is an FP3007", async () => {
    await expect(new FolderSource({ path: join(dir, "no") }).check()).rejects.toMatchObject({
      code: "FP3007",
    });
  });
});

describe("NDJSON", () => {
  it("ends lines with \\n or \\r\\n, skips blank ones, needs no last newline and tolerates a BOM", async () => {
    put("facility-1.ndjson", `\ufeff${line("A")}\r\n\r\n  \t\n${line("B")}\n\n${line("C")}`);
    const program = await drain();
    expect(program.seen).toEqual(["A", "B", "C"].map((c, i) => `facility-1.ndjson#${i} ${c}`));
    expect(program.committed.get("facility-1.ndjson")).toMatchObject({
      next: 3,
      lastApplied: 2,
      finished: true,
    });
  });

  it("an empty file is finished with no record", async () => {
    for (const name of ["facility-1.ndjson", "facility-2.avro", "facility-3.ndjson.gz", "facility-4.avro.gz"])
      put(name, "");
    put("facility-5.ndjson", "\n \r\n");
    put("facility-6.ndjson.gz", gzipSync(""));
    const program = await drain();
    expect(program.seen).toEqual([]);
    expect([...program.committed.values()].map((p) => [p.next, p.finished])).toEqual(
      Array(6).fill([0, true]),
    );
  });

  it("a line longer than 16 MB is one damaged record; its neighbours are read", async () => {
    put(
      "facility-1.ndjson",
      Buffer.concat([
        Buffer.from(`${line("A")}\n{"name":"`),
        Buffer.alloc(17 * 1024 * 1024, 120),
        Buffer.from(`"}\n${line("B")}\n`),
      ]),
    );
    const program = await drain();
    expect(program.seen.map((s) => s.split(" ").slice(1).join(" "))).toEqual([
      "A",
      "a line is longer than 16777216 bytes",
      "B",
    ]);
    const damaged = program.batches.find((b) => b.payload.kind === "damaged")?.payload;
    expect(damaged?.kind === "damaged" && damaged.bytes.subarray(0, 9).toString()).toBe('{"name":"');
  });

  it("a line of 10 MB is a record that is judged by its fields", async () => {
    put(
      "facility-1.ndjson",
      `${line("A")}\n{"fixmedins_code":"${"9".repeat(10_000_000)}","admdvs":"620725"}\n${line("B")}\n`,
    );
    const program = await drain();
    expect(program.seen[1]).toContain("fixmedins_code: expected a code of at most 20");
    expect(program.seen.length).toBe(3);
  });

  it("splits large files into batches that lines of any length cross", async () => {
    const codes = Array.from({ length: 30_000 }, (_, i) => `F${i}`);
    const pad = "p".repeat(200);
    const text = codes
      .map((c) => JSON.stringify({ fixmedins_code: c, admdvs: "620725", extra: pad.slice(0, c.length * 30) }))
      .join("\n");
    put("facility-1.ndjson", text);
    put("facility-2.ndjson.gz", gzipSync(text));
    const program = await drain();
    for (const f of ["facility-1.ndjson", "facility-2.ndjson.gz"])
      expect(program.seen.filter((s) => s.startsWith(f))).toEqual(codes.map((c, i) => `${f}#${i} ${c}`));
    for (const b of program.batches)
      expect(b.payload.kind === "values" && b.payload.values.length).toBeLessThanOrEqual(8192);
    expect(program.batches.filter((b) => b.position.finished).length).toBe(2);
  });
});

describe("Avro containers", () => {
  for (const codec of ["null", "deflate", "snappy"]) {
    it(`codec ${codec}, packed by gzip or not`, async () => {
      const bytes = container(schema, facilities(20), codec);
      put("facility-1.avro", bytes);
      put("facility-2.avro.gz", gzipSync(bytes));
      const program = await drain();
      expect(program.seen).toEqual(
        ["facility-1.avro", "facility-2.avro.gz"].flatMap((f) =>
          facilities(20).map((_, i) => `${f}#${i} F${i}`),
        ),
      );
    });
  }

  it("without a codec in the header is read plainly", async () => {
    put("facility-1.avro", Buffer.concat([containerHeader(schema, null), containerBlock(facilities(2))]));
    expect((await drain()).seen.length).toBe(2);
  });

  it("truncated: what is whole is delivered, the rest is one damaged record", async () => {
    const bytes = container(schema, facilities(9));
    for (const [i, cut] of [1, 16, 20, 60].entries()) {
      put(`facility-${i}.avro`, bytes.subarray(0, bytes.length - cut));
    }
    const expected = ["F0", "F1", "F2", "F3", "F4", "F5", "the Avro container is cut off"];
    expect(details(await drain())).toEqual([...expected, ...expected, ...expected, ...expected]);
  });

  it("with a wrong magic, no schema, a broken schema or an unknown codec is one damaged record", async () => {
    put("facility-1.avro", "PAR1 this is something else");
    put("facility-2.avro", Buffer.concat([containerHeader("{no json"), containerBlock(facilities(2))]));
    put("facility-3.avro", Buffer.concat([containerHeader(schema, "xz"), containerBlock(facilities(2))]));
    put("facility-4.avro", containerHeader(schema).subarray(0, 50));
    put("facility-5.avro", Buffer.concat([Buffer.from("Obj\x01"), avroLong(0), SYNC]));
    put("facility-6.avro", Buffer.from("Ob"));
    const program = await drain();
    expect(details(program)).toEqual([
      "the file is no Avro object container",
      "the schema in the Avro container is none: no JSON",
      "the Avro codec xz is not supported: write with null, deflate, snappy, zstandard",
      "the Avro container ends inside its header",
      "the Avro container names no schema",
      "the Avro container ends inside its header",
    ]);
    for (const p of program.committed.values()) expect(p).toMatchObject({ next: 1, finished: true });
  });

  it("with a damaged sync marker goes on behind the next one", async () => {
    const blocks = [0, 1, 2, 3].map((b) => containerBlock([facility(`B${b}a`), facility(`B${b}b`)]));
    blocks[1][blocks[1].length - 3] ^= 0xff;
    put("facility-1.avro", Buffer.concat([containerHeader(schema), ...blocks]));
    expect(details(await drain())).toEqual([
      "B0a",
      "B0b",
      "an Avro block does not end with its sync marker",
      "B3a",
      "B3b",
    ]);
  });

  it("with a damaged size goes on behind its own marker", async () => {
    const bad = Buffer.concat([avroLong(2), avroLong(5_000_000), Buffer.from("xxxx"), SYNC]);
    const absurd = Buffer.concat([avroLong(-2), avroLong(4), Buffer.from("xxxx"), SYNC]);
    const good = containerBlock([facility("G")]);
    put("facility-1.avro", Buffer.concat([containerHeader(schema), bad, good, absurd, good]));
    expect(details(await drain())).toEqual([
      "the Avro container is cut off",
      "G",
      "an Avro block is damaged",
      "G",
    ]);
  });

  it("with a block that cannot be unpacked, or counts more records than bytes, loses that block alone", async () => {
    for (const [i, codec] of ["deflate", "snappy"].entries()) {
      const bad = containerBlock(facilities(2), codec);
      // Deflate: a block type that does not exist. Snappy: other bytes than the checksum says.
      if (codec === "deflate") bad[2] = 0x07;
      else bad[7] ^= 0xa5;
      put(
        `facility-${i}.avro`,
        Buffer.concat([containerHeader(schema, codec), bad, containerBlock([facility("G")], codec)]),
      );
    }
    put(
      "facility-3.avro",
      Buffer.concat([
        containerHeader(schema),
        containerBlock(facilities(1), "null", 1_000_000),
        containerBlock([facility("G")]),
      ]),
    );
    const program = await drain();
    expect(details(program)).toEqual(
      ["deflate", "snappy", "null"].flatMap((c) => [`an Avro block cannot be unpacked (codec ${c})`, "G"]),
    );
  });

  it("whose record is broken loses the rest of its block alone", async () => {
    const good = [facility("A"), facility("B")];
    const broken = Buffer.concat([
      avroLong(3),
      avroLong(9),
      Buffer.from([8, 70, 57, 57, 57, 250, 250, 250, 250]),
      SYNC,
    ]);
    put(
      "facility-1.avro",
      Buffer.concat([containerHeader(schema), containerBlock(good), broken, containerBlock(good)]),
    );
    const text = "the bytes are no record of their Avro schema";
    expect(details(await drain())).toEqual(["A", "B", text, text, text, "A", "B"]);
  });
});

describe("damaged gzip", () => {
  it("delivers what can be unpacked, then one damaged record, the same in every run", async () => {
    const text = Array.from({ length: 40_000 }, (_, i) => line(`F${i * 7919}`)).join("\n");
    const packed = gzipSync(text);
    put("facility-1.ndjson.gz", packed.subarray(0, packed.length - 1000));
    put("facility-2.avro.gz", gzipSync(container(schema, facilities(5000))).subarray(0, -30));
    const broken = Buffer.from(packed);
    broken.fill(0xff, packed.length >> 1, (packed.length >> 1) + 200);
    put("facility-3.ndjson.gz", broken);
    put("facility-4.ndjson.gz", "no gzip at all");
    const once = await drain();
    const twice = await drain();
    expect(twice.seen).toEqual(once.seen);
    const of = (n: number) => once.seen.filter((s) => s.startsWith(`facility-${n}`));
    for (const n of [1, 2, 3, 4]) {
      expect(of(n).at(-1)).toMatch(/the gzip data is (damaged|wrong)/);
      expect(of(n).filter((s) => s.includes("gzip data")).length).toBe(1);
    }
    expect(of(1).length).toBeGreaterThan(30_000);
    expect(of(2).length).toBeGreaterThan(4_000);
    expect(of(3).length).toBeGreaterThan(10_000);
    expect(of(4).length).toBe(1);
  });

  it("several gzip members in one file are one file", async () => {
    put("facility-1.ndjson.gz", Buffer.concat([gzipSync(`${line("A")}\n`), gzipSync(`${line("B")}\n`)]));
    expect((await drain()).seen.length).toBe(2);
  });
});

describe("gzip as gzip -d reads it", () => {
  const lines = (n: number): string => Array.from({ length: n }, (_, i) => line(`F${i}`)).join("\n");
  const told = (program: Program): string[] => details(program).filter((d) => !d.startsWith("F"));
  const taken = (program: Program): number => program.seen.length - told(program).length;

  it("zero padding behind the last member, however long, is nothing", async () => {
    for (const [n, zeros] of [
      [1, 1],
      [2, 511],
      [3, 70_000],
    ])
      put(`facility-${n}.ndjson.gz`, Buffer.concat([gzipSync(lines(40)), Buffer.alloc(zeros)]));
    put(
      "facility-4.ndjson.gz",
      Buffer.concat([gzipSync(`${lines(2)}\n`), Buffer.alloc(3), gzipSync(line("F9"))]),
    );
    const program = await drain();
    expect(told(program)).toEqual([]);
    expect(taken(program)).toBe(123);
  });

  it("other bytes behind the last member are one damaged record; every record before is taken", async () => {
    put("facility-1.ndjson.gz", Buffer.concat([gzipSync(lines(20_000)), Buffer.from("\r\n")]));
    put("facility-2.avro.gz", Buffer.concat([gzipSync(container(schema, facilities(50))), Buffer.from("x")]));
    const program = await drain();
    expect(told(program)).toEqual(Array(2).fill("bytes that are no gzip data follow the last member"));
    expect(taken(program)).toBe(20_050);
  });

  it("a wrong checksum or length loses no record", async () => {
    for (const [n, behind] of [
      [1, 8],
      [2, 1],
    ]) {
      const packed = gzipSync(lines(40));
      packed[packed.length - behind] ^= 1;
      put(`facility-${n}.ndjson.gz`, packed);
    }
    put("facility-3.ndjson.gz", gzipSync(lines(40)).subarray(0, -3));
    const program = await drain();
    expect(taken(program)).toBe(120);
    expect(told(program).map((d) => d.slice(0, 24))).toEqual([
      "the checksum of the gzip",
      "the checksum of the gzip",
      "the gzip data is cut off",
    ]);
  });

  it("headers with a name, a comment, extra bytes and a checksum are stepped over", async () => {
    const packed = gzipSync(line("F1"));
    const head = Buffer.from(packed.subarray(0, 10));
    head[3] = 2 | 4 | 8 | 16;
    const extra = Buffer.from([3, 0, 1, 2, 3]);
    put(
      "facility-1.ndjson.gz",
      Buffer.concat([head, extra, Buffer.from("name\0note\0"), Buffer.from([0, 0]), packed.subarray(10)]),
    );
    expect(details(await drain())).toEqual(["F1"]);
  });

  it("cut at any byte ends, with one damaged record at most", async () => {
    const packed = gzipSync(`${lines(3)}\n`);
    for (let size = 1; size < packed.length; size++) {
      put(`facility-${String(size).padStart(4, "0")}.ndjson.gz`, packed.subarray(0, size));
    }
    const program = await drain();
    expect(program.committed.size).toBe(packed.length - 1);
    expect(told(program).length).toBe(packed.length - 1);
  });
});

describe("other encodings and packings", () => {
  const named = (name: string): string => JSON.stringify({ fixmedins_code: "H1", admdvs: "620725", name });

  it("NDJSON in GB18030 and UTF-16 is read when the configuration says so", async () => {
    // 山丹 in GB18030.
    const [before, after] = named("@@")
      .split("@@")
      .map((part) => Buffer.from(part));
    const bytes = Buffer.concat([before, Buffer.from([0xc9, 0xbd, 0xb5, 0xa4]), after, Buffer.from("\r\n")]);
    put("facility-1.ndjson", Buffer.concat([bytes, Buffer.from([0x7b, 0xff, 0x0a]), bytes]));
    const gb = await drain("gb18030");
    expect(details(gb).map((d) => d.slice(0, 30))).toEqual(["H1", "the bytes are not valid UTF-8", "H1"]);
    expect((await drain()).seen[0]).toContain("they look like gb18030: set source.encoding");

    rmSync(join(dir, "facility-1.ndjson"));
    const utf16 = Buffer.from(`\ufeff${named("山丹")}\r\n${named("丹")}\n`, "utf16le");
    put("facility-1.ndjson", utf16);
    put("facility-2.ndjson.gz", gzipSync(utf16));
    expect(details(await drain("utf-16le"))).toEqual(["H1", "H1", "H1", "H1"]);
    expect((await drain()).seen[0]).toContain("they look like utf-16le: set source.encoding");
    rmSync(join(dir, "facility-2.ndjson.gz"));
    put("facility-1.ndjson", Buffer.from(utf16).swap16());
    expect(details(await drain("utf-16be"))).toEqual(["H1", "H1"]);
  });

  it("a file of another kind under the name is one record, which says what the file is", async () => {
    const line = named("A");
    const packed = gzipSync(`${line}\n`);
    const cases: [string, Buffer, string][] = [
      ["facility-1.ndjson", packed, "a name that ends in .gz"],
      ["facility-2.ndjson.gz", gzipSync(packed), "pack it once"],
      ["facility-3.ndjson", Buffer.from("PK\x03\x04 xl/workbook.xml\n a\n b", "latin1"), "an Excel workbook"],
      ["facility-4.ndjson", Buffer.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 10, 1, 10), "an Excel workbook"],
      [
        "facility-5.ndjson",
        Buffer.from("Obj\x01\x04\x14avro.codec\n", "latin1"),
        "a name that ends in .avro",
      ],
      ["facility-6.ndjson", Buffer.from(`${line}\n${line}\n`, "utf16le"), "they look like utf-16le"],
      ["facility-7.ndjson", Buffer.from(`${line}\n${line}\n`, "utf16le").swap16(), "they look like utf-16be"],
    ];
    for (const [name, bytes] of cases) put(name, bytes);
    const { seen } = await drain();
    expect(seen.length).toBe(cases.length);
    for (const [i, [, , word]] of cases.entries()) expect(seen[i]).toContain(word);
  });

  it("one container after another in a file are read, each with its own schema", async () => {
    const small = {
      type: "record",
      name: "Small",
      fields: [
        { name: "admdvs", type: "string" },
        { name: "fixmedins_code", type: "string" },
      ],
    };
    const other = avro.Type.forSchema(small as avro.Schema);
    const second = container(small, [other.toBuffer({ admdvs: "620725", fixmedins_code: "Z1" })], "deflate");
    put(
      "facility-1.avro",
      Buffer.concat([container(schema, facilities(2)), second, container(schema, facilities(4))]),
    );
    const whole = await drain();
    expect(details(whole)).toEqual(["F0", "F1", "Z1", "F0", "F1", "F2", "F3"]);
    for (let killAfter = 1; killAfter < whole.batches.length; killAfter++) {
      const program = new Program();
      await program.run(killAfter);
      await program.run();
      expect(program.seen).toEqual(whole.seen);
    }
  });

  it("blocks packed by zstandard are read; a codec that is not is named", async () => {
    const records = facilities(3);
    const bytes = Buffer.concat(records);
    const head = Buffer.from([
      0x28,
      0xb5,
      0x2f,
      0xfd,
      0x20,
      bytes.length,
      ((bytes.length << 3) | 1) & 255,
      bytes.length >> 5,
      0,
    ]);
    const packed = Buffer.concat([head, bytes]);
    const block = Buffer.concat([avroLong(3), avroLong(packed.length), packed, SYNC]);
    put("facility-1.avro", Buffer.concat([containerHeader(schema, "zstandard"), block]));
    put("facility-2.avro", Buffer.concat([containerHeader(schema, "bzip2"), block]));
    expect(details(await drain())).toEqual([
      "F0",
      "F1",
      "F2",
      "the Avro codec bzip2 is not supported: write with null, deflate, snappy, zstandard",
    ]);
  });

  it("a link to a pipe is passed over and told; the others are read", async () => {
    execFileSync("mkfifo", [join(dir, ".pipe")]);
    symlinkSync(join(dir, ".pipe"), join(dir, "facility-1.ndjson"));
    put("facility-2.ndjson", line("F1"));
    const program = await drain();
    expect(details(program)).toEqual(["F1"]);
    expect(program.warnings).toEqual([
      { event: "file_unreadable", detail: { file: "facility-1.ndjson", code: "no plain file" } },
    ]);
  });
});

describe("order, resumption and change", () => {
  it("files are taken in byte order of their names", async () => {
    for (const name of [
      "facility-b",
      "facility-B",
      "facility-2",
      "facility-10",
      "enrolment-z",
      "facility-é",
      "facility-z",
    ])
      put(`${name}.ndjson`, line("A"));
    const program = await drain();
    expect([...program.committed.keys()].map((n) => n.replace(".ndjson", ""))).toEqual([
      "enrolment-z",
      "facility-10",
      "facility-2",
      "facility-B",
      "facility-b",
      "facility-z",
      "facility-é",
    ]);
  });

  it("a process killed after any batch goes on exactly where it stood", async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => line(`F${i}`)).join("\r\n");
    const big = Array.from({ length: 20_000 }, (_, i) => facility(`F${i}`));
    const broken = container(schema, big, "deflate", 500);
    broken.fill(0, broken.length >> 1, (broken.length >> 1) + 50);
    put("facility-1.ndjson", text);
    put("facility-2.ndjson.gz", gzipSync(text).subarray(0, -100));
    put("facility-3.avro", broken);
    put("facility-4.avro.gz", gzipSync(container(schema, big, "snappy", 500)));
    put("facility-5.avro", container(schema, big, "null", 500).subarray(0, -7));
    const whole = await drain();
    expect(whole.seen.length).toBeGreaterThan(90_000);
    expect(whole.batches.length).toBeGreaterThan(12);
    for (const step of [1, 2, 3]) {
      const program = new Program();
      for (let i = 0; i < 40; i++) await program.run(step);
      expect(program.seen).toEqual(whole.seen);
      expect(program.committed).toEqual(whole.committed);
    }
  });

  it("a taken file is never read again; one that changed is reported, once", async () => {
    put("facility-1.ndjson", line("A"));
    const program = await drain();
    await program.run();
    expect(program.seen.length).toBe(1);
    expect(program.warnings).toEqual([]);
    appendFileSync(join(dir, "facility-1.ndjson"), `\n${line("B")}`);
    await program.run();
    expect(program.seen.length).toBe(1);
    expect(program.warnings.map((w) => w.event)).toEqual(["file_changed_after_taken"]);
  });

  it("a half-read file that became another one is reported and left", async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => line(`F${i}`)).join("\n");
    put("facility-1.ndjson", text);
    put("facility-2.ndjson", line("Z"));
    const program = new Program();
    await program.run(1);
    utimesSync(join(dir, "facility-1.ndjson"), 1, 1);
    await program.run(1);
    expect(program.warnings).toEqual([]);
    put("facility-1.ndjson", text.replaceAll("F", "G"));
    await program.run();
    expect(program.warnings.map((w) => w.event)).toEqual(["file_changed_half_read"]);
    expect(program.seen.some((s) => s.includes(" G"))).toBe(false);
    expect(program.seen.at(-1)).toBe("facility-2.ndjson#0 Z");
  });

  it("a file that vanished half-read is reported", async () => {
    put("facility-1.ndjson", Array.from({ length: 20_000 }, (_, i) => line(`F${i}`)).join("\n"));
    const program = new Program();
    await program.run(1);
    unlinkSync(join(dir, "facility-1.ndjson"));
    await program.run();
    expect(program.warnings.map((w) => w.event)).toEqual(["file_vanished_half_read"]);
  });

  it("a link into nowhere does not stop the others", async () => {
    symlinkSync(join(dir, "nowhere"), join(dir, "facility-0.ndjson"));
    put("facility-1.ndjson", line("A"));
    const program = await drain();
    expect(program.seen.length).toBe(1);
    expect(program.warnings.map((w) => w.event)).toEqual(["file_vanished"]);
  });

  it("what lies there and is not taken waits; what nobody may read, or was left, does not", async () => {
    put("facility-1.ndjson", line("A"));
    put("facility-2.ndjson", line("B"));
    symlinkSync(join(dir, "nowhere"), join(dir, "facility-3.ndjson"));
    put("notes.txt", "no stream");
    const source = new FolderSource({ path: dir, pollMs: 5 });
    const controller = new AbortController();
    let told: readonly SourceLag[] = [];
    await source.run(
      new Program().context(controller.signal),
      async (batch) => {
        if (batch.position.partition === "facility-2.ndjson") told = await source.lag();
      },
      { untilDrained: true, onDrained: () => undefined },
    );
    const waits = (lags: readonly SourceLag[]) => lags.filter((l) => l.waits).map((l) => l.partition);
    expect(waits(told)).toEqual(["facility-2.ndjson", "facility-3.ndjson"]);
    expect(waits(await source.lag())).toEqual([]);
  });

  it("files that appear later are found; each time nothing is left is told once", async () => {
    put("facility-1.ndjson", line("A"));
    const controller = new AbortController();
    const source = new FolderSource({ path: dir, pollMs: 5 });
    const taken: string[] = [];
    let drained = 0;
    await source.run(
      new Program().context(controller.signal),
      async (batch) => {
        taken.push(batch.position.partition);
      },
      {
        untilDrained: false,
        onDrained: () => {
          if (++drained === 1) setTimeout(() => put("facility-0.ndjson", line("B")), 30);
          else controller.abort();
        },
      },
    );
    expect(taken).toEqual(["facility-1.ndjson", "facility-0.ndjson"]);
    expect(drained).toBe(2);
    expect(await source.lag()).toEqual([]);
    expect(decimalBytes(-1n)).toEqual(Buffer.of(255));
  });
});
