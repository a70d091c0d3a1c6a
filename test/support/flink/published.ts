import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { REFERENCE_COLUMNS } from "../../../connectors/config/reference.js";
import { keyOfManifest } from "../../../connectors/flink/figure.js";
import type { JobManifest, JobSource } from "../../../connectors/flink/generate.js";
import type { FiguresCut, FiguresPosition, FiguresSource } from "../../../connectors/ports/figures.js";
import type { Source, SourceBatch, SourceLag } from "../../../connectors/ports/source.js";
import { Privacy } from "../../../connectors/state/person-key.js";
import { FINAL_NOW, type History } from "../histories.js";
import { finalFacilities } from "../oracle/facilities.js";
import type { Arrival, Plain } from "../oracle/types.js";
import { DuckDbJob, decodeRows } from "./duckdb.js";

/** Writes the reference tables of a history's world; returns their folder. */
export function referenceFolder(dir: string, { world }: History): string {
  const folder = join(dir, "reference");
  mkdirSync(folder, { recursive: true });
  const csv = (name: "facilities" | "categories", rows: readonly Plain[]): void => {
    const columns = REFERENCE_COLUMNS[`${name}.csv`];
    const lines = rows.map((row) => columns.map((c) => String(row[c] ?? "")).join(","));
    writeFileSync(join(folder, `${name}.csv`), `${[columns.join(","), ...lines].join("\n")}\n`);
  };
  csv("facilities", world.facilities);
  csv("categories", world.categories as unknown as Plain[]);
  return folder;
}

/** A source that gives some arrivals, one batch each. */
export class ArrivalSource implements Source {
  readonly name = "arrivals";
  constructor(private readonly arrivals: readonly Arrival[]) {}

  async check(): Promise<string> {
    return "ok";
  }

  async run(
    _context: Parameters<Source["run"]>[0],
    deliver: (batch: SourceBatch) => Promise<void>,
    { onDrained }: Parameters<Source["run"]>[2],
  ): Promise<void> {
    for (const { stream, record, source, partition, position } of this.arrivals) {
      await deliver({
        stream,
        payload: { kind: "values", values: [Buffer.from(JSON.stringify(record))] },
        positions: [position],
        appendedAtMs: null,
        position: {
          source,
          partition,
          next: position + 1,
          lastApplied: position,
          fingerprint: null,
          finished: false,
        },
      });
    }
    onDrained();
  }

  async lag(): Promise<[]> {
    return [];
  }
  async close(): Promise<void> {}
}

/** A figures topic in memory: cuts that were put into it, in order. */
export class MemoryTopic implements FiguresSource {
  readonly name = "fund.figures";
  readonly cuts: Omit<FiguresCut, "next" | "whole">[] = [];

  /** Puts what a job commits at once. */
  put(records: ReadonlyMap<string, Buffer | null>): void {
    this.cuts.push({ records, manifestAt: records.has(keyOfManifest()) ? 0 : null, appendedAtMs: null });
  }

  positions: (FiguresPosition | null)[] = [];

  async run(
    position: FiguresPosition | null,
    deliver: (cut: FiguresCut) => Promise<boolean>,
    { onDrained, signal }: Parameters<FiguresSource["run"]>[2],
  ): Promise<void> {
    this.positions.push(position);
    const from = position?.next ?? 0;
    let whole = position === null;
    let waiting = new Map<string, Buffer | null>();
    let manifestAt: number | null = null;
    for (const [i, cut] of this.cuts.entries()) {
      if (i < from || signal.aborted) continue;
      for (const [key, value] of cut.records) waiting.set(key, value);
      manifestAt = cut.manifestAt ?? manifestAt;
      if (!(await deliver({ ...cut, records: waiting, manifestAt, next: i + 1, whole }))) continue;
      whole = false;
      waiting = new Map();
      manifestAt = null;
    }
    onDrained();
    if (this.stays && !signal.aborted) await once(signal, "abort");
  }

  lag(): readonly SourceLag[] {
    return [{ source: "kafka:fund.figures", partition: "0", lag: this.waiting }];
  }

  /** What it says of its lag. */
  waiting = 0;
  /** Stays until it is stopped, as a topic does. */
  stays = false;

  async close(): Promise<void> {}
}

/** The figures that a job comes to over some arrivals, as DuckDB evaluates its SQL. */
export async function figuresOf(
  source: JobSource,
  history: History,
  arrivals: readonly Arrival[],
  manifest: JobManifest,
): Promise<Map<string, Buffer>> {
  const { timezone, privacy } = source.config;
  const rows = await decodeRows(
    arrivals
      .filter((a) => a.stream === "settlement")
      .map((a) => ({
        bytes: Buffer.from(JSON.stringify(a.record)),
        partition: Number(a.partition),
        offset: a.position,
      })),
    timezone,
  );
  const table = finalFacilities(history.world.facilities, [...arrivals], timezone, []);
  const job = await DuckDbJob.open(source, rows, table, FINAL_NOW);
  try {
    await job.facilitiesRead(
      arrivals
        .filter((a) => a.stream === "facility")
        .map((a) => ({ partition: Number(a.partition), offset: a.position })),
    );
    const { engine } = source.config;
    if (engine.kind === "flink" && engine.archive !== undefined) {
      const folder = join(engine.archive, manifest.topics.figures);
      // What was there before is there again: a row is shown once.
      rmSync(folder, { recursive: true, force: true });
      await job.archive(folder, "part-0-0");
    }
    const found = new Map<string, Buffer>();
    for (const [key, value] of await job.figures()) found.set(key, Buffer.from(JSON.stringify(value)));
    const told = [manifest.digest, new Privacy(privacy.personKey).keyCheck].join("\u001f");
    found.set(keyOfManifest(), Buffer.from(JSON.stringify({ t: told })));
    return found;
  } finally {
    job.close();
  }
}

/** What a job writes that goes from some figures to others. */
export function changesBetween(
  before: ReadonlyMap<string, Buffer>,
  now: ReadonlyMap<string, Buffer>,
): Map<string, Buffer | null> {
  const changes = new Map<string, Buffer | null>();
  for (const [key, value] of now) if (!before.get(key)?.equals(value)) changes.set(key, value);
  for (const key of before.keys()) if (!now.has(key)) changes.set(key, null);
  return changes;
}
