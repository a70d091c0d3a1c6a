import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { monthOfDay, parseDay, ZoneCalendar } from "../../../aggregations/calendar.js";
import { normalise } from "../../../aggregations/settlement/validate.js";
import { BatchDecoder } from "../../../connectors/decode/decoder.js";
import { ARCHIVE_COLUMNS } from "../../../connectors/flink/archive.js";
import type { FigureValue } from "../../../connectors/flink/figure.js";
import { progressFigures } from "../../../connectors/flink/figures.js";
import { type JobSource, jobViews } from "../../../connectors/flink/generate.js";
import { PASSED_OVER } from "../../../connectors/ports/decoder.js";
import type { SourceBatch } from "../../../connectors/ports/source.js";
import { Privacy } from "../../../connectors/state/person-key.js";
import { Settlement } from "../../../schemas/input/settlement.js";
import { AMOUNT_FIELDS, STREAMS } from "../../../schemas/input/streams.js";
import type { OracleFacility } from "../oracle/facilities.js";

/** What of Flink's SQL DuckDB calls by another name; the jar's functions as far as SQL can say them. */
const MACROS = (now: number): string[] => [
  "CREATE MACRO REGEXP(s, p) AS regexp_matches(s, p)",
  `CREATE MACRO UNIX_TIMESTAMP() AS CAST(${Math.floor(now / 1000)} AS BIGINT)`,
  "CREATE MACRO SPLIT_INDEX(s, sep, i) AS split_part(s, sep, i + 1)",
  "CREATE MACRO fundpulse_person(number) AS (SELECT any_value(p.pseudonym) FROM pseudonym p WHERE p.psn_no = number)",
  "CREATE MACRO fundpulse_seal(raw) AS ''",
  "CREATE MACRO fundpulse_key_check(one) AS 'check'",
  "CREATE MACRO fundpulse_once(x) AS x",
  `CREATE MACRO fundpulse_facility(versions, day, division, tier) AS CASE WHEN day IS NOT NULL THEN
     coalesce(list_filter(versions, lambda v: v.f <= day AND day <= v.t)[1].facts || chr(31) || '1',
       concat_ws(chr(31), division, tier, 'unknown', 'unknown', '0')) END`,
  "CREATE MACRO fundpulse_held(i, m, w) AS list({i: i, m: m, w: w})",
  "CREATE MACRO fundpulse_held_counts(held, n) AS list(held)",
];

const TYPES: Readonly<Record<string, string>> = {
  string: "VARCHAR",
  instant: "BIGINT",
  date: "INTEGER",
  int: "INTEGER",
  amount: "BIGINT",
};
const sqlText = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const sqlNumber = (value: number): string => (Number.isNaN(value) ? "NULL" : String(value));

/** A value in normal form as the jar's format gives it, as the row of an INSERT. */
export interface DecodedRow {
  readonly settlement: Settlement;
  readonly rejection: string | null;
  readonly partition: number;
  readonly offset: number;
}

/** Decodes values as the embedded engine does. */
export async function decodeRows(
  values: readonly { readonly bytes: Buffer; readonly partition: number; readonly offset: number }[],
  zone: string,
): Promise<DecodedRow[]> {
  const decoder = new BatchDecoder({ calendar: new ZoneCalendar(zone) });
  const rows: DecodedRow[] = [];
  const batch: SourceBatch = {
    stream: "settlement",
    payload: { kind: "values", values: values.map((v) => v.bytes) },
    positions: values.map((_, i) => i),
    appendedAtMs: null,
    position: {
      source: "x",
      partition: "0",
      next: values.length,
      lastApplied: 0,
      fingerprint: null,
      finished: false,
    },
  };
  await decoder.prepare(batch);
  let settlement = new Settlement();
  decoder.settlements(
    batch,
    () => {
      settlement = new Settlement();
      return settlement;
    },
    (index, _raw, rejection) => {
      const { partition, offset } = values[index];
      const why =
        rejection === PASSED_OVER ? "passed_over" : rejection && `${rejection.reason}|${rejection.detail}`;
      rows.push({ settlement: why ? new Settlement() : settlement, rejection: why, partition, offset });
    },
  );
  return rows;
}

/** The generated job over some records, evaluated by DuckDB. */
export class DuckDbJob {
  private constructor(
    readonly connection: DuckDBConnection,
    private readonly instance: DuckDBInstance,
    private readonly branches: readonly string[],
  ) {}

  static async open(
    source: JobSource,
    rows: readonly DecodedRow[],
    facilities: readonly OracleFacility[],
    now: number,
  ): Promise<DuckDbJob> {
    const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
    const connection = await instance.connect();
    const { fields } = STREAMS.settlement;
    const columns = fields.map((f) => `${f.name} ${TYPES[f.type]}`);
    await connection.run(
      `CREATE TABLE settlement_in (${columns.join(", ")}, setl_day INTEGER, setl_month INTEGER, rejection VARCHAR, raw_value BLOB, part INTEGER, pos BIGINT);
       CREATE TABLE pseudonym (psn_no VARCHAR, pseudonym VARCHAR);
       CREATE TABLE facility_in (part INTEGER, pos BIGINT);
       CREATE TABLE facility_versions (code VARCHAR, versions STRUCT(f INTEGER, t INTEGER, facts VARCHAR)[]);
       ${MACROS(now).join(";")}`,
    );
    const calendar = new ZoneCalendar(source.config.timezone);
    const privacy = new Privacy(source.config.privacy.personKey);
    const numbers = [...new Set(rows.map((row) => row.settlement.psn_no))];
    const pseudonyms = numbers.map(
      (n) => `(${sqlText(n)}, ${sqlText(privacy.pseudonyms([n]).toString("hex"))})`,
    );
    if (pseudonyms.length > 0) await connection.run(`INSERT INTO pseudonym VALUES ${pseudonyms.join(", ")}`);
    for (let from = 0; from < rows.length; from += 200) {
      const part = rows.slice(from, from + 200).map((row) => rowSql(row, calendar));
      await connection.run(`INSERT INTO settlement_in VALUES ${part.join(",\n")}`);
    }
    for (const code of new Set(facilities.map((f) => f.code))) {
      const versions = facilities
        .filter((f) => f.code === code)
        .sort((a, b) => (a.from < b.from ? 1 : -1))
        .map(
          (f) =>
            `{f: ${parseDay(f.from) ?? -1_000_000}, t: ${parseDay(f.to) ?? 1_000_000}, facts: concat_ws(chr(31), ${[f.admdvs, f.tier, f.ownership, f.kind].map(sqlText).join(", ")})}`,
        );
      await connection.run(
        `INSERT INTO facility_versions VALUES (${sqlText(code)}, [${versions.join(", ")}])`,
      );
    }
    const { views, figures } = jobViews(source);
    // As tables: each is worked out once, whoever reads it.
    for (const view of views) {
      await connection.run(view.replace("CREATE TEMPORARY VIEW", "CREATE TEMPORARY TABLE"));
    }
    return new DuckDbJob(
      connection,
      instance,
      [...figures, progressFigures("digest")].flatMap((f) => f.branches),
    );
  }

  /** How far the job has read the facilities. */
  async facilitiesRead(
    places: readonly { readonly partition: number; readonly offset: number }[],
  ): Promise<void> {
    if (places.length === 0) return;
    const rows = places.map((p) => `(${p.partition}, ${p.offset})`);
    await this.connection.run(`INSERT INTO facility_in VALUES ${rows.join(", ")}`);
  }

  /** Writes the archive as the job does: a folder a month, one more file in each. */
  async archive(folder: string, name: string): Promise<void> {
    const months = await this.rows("SELECT DISTINCT folder FROM archive_row");
    const columns = ARCHIVE_COLUMNS.map((c) => c.name).join(", ");
    for (const { folder: month } of months) {
      const into = join(folder, `folder=${month}`);
      mkdirSync(into, { recursive: true });
      await this.connection.run(
        `COPY (SELECT ${columns} FROM archive_row WHERE folder = ${sqlText(String(month))}) TO ${sqlText(join(into, name))} (FORMAT json, COMPRESSION gzip)`,
      );
    }
  }

  async rows(sql: string): Promise<Record<string, unknown>[]> {
    return (await this.connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[];
  }

  /** Every record of the figures topic; persons as lists of net weights (`heldOf`). */
  async figures(): Promise<[key: string, value: FigureValue][]> {
    const found: [string, FigureValue][] = [];
    for (const branch of this.branches) {
      const isPersons = branch.includes("FROM person_count");
      const sql = branch.replaceAll("CAST(NULL AS ARRAY<BIGINT>)", "NULL");
      for (const { k, v, t } of await this.rows(sql)) {
        const numbers = isPersons ? countPersons(v as Held[][]) : (v as string[] | null)?.map(Number);
        found.push([
          k as string,
          { ...(numbers ? { v: numbers } : {}), ...(t === null ? {} : { t: t as string }) },
        ]);
      }
    }
    return found;
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

interface Held {
  readonly i: number;
  readonly m: number;
  readonly w: number;
}

const SPANS = [
  ...Array.from({ length: 12 }, (_, m) => [m, m]),
  ...[0, 3, 6, 9].map((m) => [m, m + 2]),
  ...[0, 6].map((m) => [m, m + 5]),
  [0, 11],
  ...Array.from({ length: 12 }, (_, m) => [0, m]),
];
/** As `HeldCounts` of the jar: by insurance, then over all, the persons of the 31 periods. Three insurances. */
function countPersons(persons: readonly (readonly Held[])[]): number[] {
  const counts: number[] = [];
  for (const ins of [0, 1, 2, null]) {
    for (const [first, last] of SPANS) {
      const above = persons.filter(
        (held) =>
          held
            .filter((h) => (ins === null || h.i === ins) && h.m >= first && h.m <= last)
            .reduce((sum, h) => sum + h.w, 0) > 0,
      );
      counts.push(above.length);
    }
  }
  return counts;
}

function rowSql({ settlement: s, rejection, partition, offset }: DecodedRow, calendar: ZoneCalendar): string {
  // The format puts what an absent value reads.
  if (rejection === null) normalise(s);
  const amounts = new Map<string, number>(AMOUNT_FIELDS.map((name, i) => [name, s.amounts[i]]));
  const values = STREAMS.settlement.fields.map(({ name, type }) => {
    const value = amounts.get(name) ?? (s as unknown as Record<string, string | number>)[name];
    return type === "string" ? sqlText(value as string) : sqlNumber(value as number);
  });
  const day = Number.isNaN(s.setl_time) ? null : calendar.dayOf(s.setl_time);
  const more = [
    day,
    day === null ? null : monthOfDay(day),
    rejection === null ? null : sqlText(rejection),
    null,
    partition,
    offset,
  ];
  return `(${[...values, ...more.map((v) => (v === null ? "NULL" : v))].join(", ")})`;
}
