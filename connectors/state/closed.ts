import type { Change, RecordChange, SettlementChange } from "../../aggregations/closing/change.js";
import type { TupleValues } from "../../aggregations/dimensions/tuples.js";
import type { Cause, ClosedRow } from "../../schemas/closed.js";
import { MEASURE_COUNT } from "../../schemas/measures.js";
import type { EpochMs, MonthNumber } from "../../schemas/units.js";
import { ByteReader, ByteWriter } from "./bytes.js";
import type { StateFile } from "./file.js";
import { packText, unpackText } from "./frozen-codec.js";
import type { Sql } from "./tallies.js";

interface RawChange {
  readonly id: number;
  readonly sequence: number;
  readonly at: EpochMs;
  readonly month: MonthNumber;
  readonly stream: string;
  readonly key: string;
  readonly cause: Cause;
  readonly settlements: number;
  readonly tuple: number | null;
  readonly data: Buffer;
}

/** The tables of the state about closed periods. Everything but reading happens inside a commit. */
export class ClosedStore {
  readonly #tuples = new Map<string, number>();

  constructor(private readonly store: StateFile) {}

  rows(): ClosedRow[] {
    const rows = this.store
      .sql(
        "SELECT period, closed_at, sequence, version, forced, problems, figures FROM closed ORDER BY sequence",
      )
      .all() as (Omit<ClosedRow, "closedAt" | "forced"> & { closed_at: number; forced: number })[];
    return rows.map(({ closed_at, forced, ...row }) => ({
      ...row,
      closedAt: closed_at,
      forced: forced === 1,
    }));
  }

  add(row: Omit<ClosedRow, "version">, sums: Buffer, given: Buffer): void {
    this.store
      .sql(
        "INSERT INTO closed (period, closed_at, sequence, forced, problems, figures, sums, given) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        row.period,
        row.closedAt,
        row.sequence,
        row.forced ? 1 : 0,
        row.problems,
        row.figures,
        sums,
        given,
      );
  }

  data(period: string): { sums: Buffer; given: Buffer } {
    return this.store.sql("SELECT sums, given FROM closed WHERE period = ?").get(period) as {
      sums: Buffer;
      given: Buffer;
    };
  }

  given(period: string): Buffer {
    return (this.store.sql("SELECT given FROM closed WHERE period = ?").get(period) as { given: Buffer })
      .given;
  }

  /** Closes up to `sequence` were published under `version`, those that had no version yet for the first time. */
  setVersion(sequence: number, version: number): void {
    this.store.beside(() =>
      this.store
        .sql("UPDATE closed SET version = ? WHERE version IS NULL AND sequence <= ?")
        .run(version, sequence),
    );
  }

  addSettlement(change: Omit<SettlementChange, "kind" | "id" | "sequence">): void {
    const w = new ByteWriter();
    for (let m = 0; m < MEASURE_COUNT; m++) {
      if (change.sums[m] === 0) continue;
      w.uint(m);
      w.int(change.sums[m]);
    }
    this.#add({ ...change, tuple: this.#tupleId(change.tuple), data: w.copy() });
  }

  addRecord(change: Omit<RecordChange, "kind" | "id" | "sequence">, month: MonthNumber): void {
    const data = Buffer.from(JSON.stringify(change.affected));
    this.#add({ ...change, month, settlements: 0, tuple: null, data });
  }

  #add(change: Omit<RawChange, "id" | "sequence">): void {
    this.store
      .sql(
        "INSERT INTO change (sequence, at, month, stream, key, cause, settlements, combo, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        this.store.sequence,
        change.at,
        change.month,
        change.stream,
        change.key,
        change.cause,
        change.settlements,
        change.tuple,
        change.data,
      );
  }

  #tupleId({ insurance, values, facilityKnown, parents }: TupleValues): number {
    const json = JSON.stringify({ insurance, values, facilityKnown, parents });
    let id = this.#tuples.get(json);
    if (id === undefined) {
      this.store.sql("INSERT OR IGNORE INTO change_combo (json) VALUES (?)").run(json);
      id = (this.store.sql("SELECT id FROM change_combo WHERE json = ?").get(json) as { id: number }).id;
      this.#tuples.set(json, id);
    }
    return id;
  }

  /** Changes of commits after `sequence`, in their order. */
  changesSince(sequence: number): Change[] {
    return readChanges((text) => this.store.sql(text), "c.sequence > ?", [sequence]);
  }

  usedTable(name: string): string | null {
    const row = this.store.sql("SELECT data FROM used_table WHERE name = ?").get(name) as
      | { data: Buffer }
      | undefined;
    return row === undefined ? null : unpackText(row.data, `the table ${name} as it was used`);
  }

  setUsedTable(name: string, text: string): void {
    this.store.sql("INSERT OR REPLACE INTO used_table (name, data) VALUES (?, ?)").run(name, packText(text));
  }
}

/** Changes after closes that fit an SQL condition on table `change` (`c`), in their order. */
export function readChanges(sql: Sql, where: string, parameters: readonly unknown[]): Change[] {
  const rows = sql(
    `SELECT c.*, c.combo AS tuple, t.json FROM change c LEFT JOIN change_combo t ON t.id = c.combo
      WHERE ${where} ORDER BY c.id`,
  ).all(...parameters) as (RawChange & { readonly json: string })[];
  const tuples = new Map<number, TupleValues>();
  return rows.map((row): Change => {
    const { id, at, stream, key, cause, sequence } = row;
    const common = { id, sequence, at, stream, key, cause };
    if (row.tuple === null) return { kind: "record", ...common, affected: JSON.parse(row.data.toString()) };
    let tuple = tuples.get(row.tuple);
    if (tuple === undefined) {
      tuple = JSON.parse(row.json) as TupleValues;
      tuples.set(row.tuple, tuple);
    }
    const sums = new Float64Array(MEASURE_COUNT);
    const r = new ByteReader(row.data);
    while (r.at < row.data.length) {
      const measure = r.uint();
      sums[measure] = r.int();
    }
    return { kind: "settlement", ...common, month: row.month, settlements: row.settlements, tuple, sums };
  });
}
