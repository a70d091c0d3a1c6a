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
import type { Position, SourceBatch } from "../../../connectors/ports/source.js";
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
  seen: string[] = [];
  batches: SourceBatch[] = [];
  warnings: { event: string; detail: Record<string, unknown> }[] = [];
  drained = 0;
  readonly decoder = new BatchDecoder({ calendar: new ZoneCalendar("Asia/Shanghai") });

  async run(killAfter = Number.POSITIVE_INFINITY): Promise<void> {
    const source = new FolderSource({ path: dir, pollMs: 20 });
    const controller = new AbortController();
    let left = killAfter;
    await source.run(
      {
        committed: (_, partition) => this.committed.get(partition),
        partitions: () => [...this.committed.values()],
        signal: controller.signal,
        warn: (event, detail) => this.warnings.push({ event, detail }),
      },
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

async function drain(): Promise<Program> {
  const program = new Program();
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
    expect(program.seen[1]).toContain("fixmedins_code: expected at most 64 characters");
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

  const details = (program: Program) => program.seen.map((s) => s.replace(/^\S+ /, ""));

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
    put(
      "facility-3.avro",
      Buffer.concat([containerHeader(schema, "zstandard"), containerBlock(facilities(2))]),
    );
    put("facility-4.avro", containerHeader(schema).subarray(0, 50));
    put("facility-5.avro", Buffer.concat([Buffer.from("Obj\x01"), avroLong(0), SYNC]));
    put("facility-6.avro", Buffer.from("Ob"));
    const program = await drain();
    expect(details(program)).toEqual([
      "the file is no Avro object container",
      "the schema in the Avro container is none",
      "the Avro codec zstandard is not supported",
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
      expect(of(n).at(-1)).toContain("the gzip data is damaged or cut off");
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

  it("files that appear later are found; each time nothing is left is told once", async () => {
    put("facility-1.ndjson", line("A"));
    const controller = new AbortController();
    const source = new FolderSource({ path: dir, pollMs: 5 });
    const taken: string[] = [];
    let drained = 0;
    await source.run(
      { committed: () => undefined, partitions: () => [], signal: controller.signal, warn: () => undefined },
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
