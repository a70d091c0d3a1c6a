import type { DuckDBConnection } from "@duckdb/node-api";
import { dayText, ZoneCalendar } from "../../../aggregations/calendar.js";
import { CODE_SET, DETAIL_REFERENCE } from "../../../schemas/detail/tables.js";
import type { StreamRecord } from "../../../schemas/input/settlement.js";
import { quoteText } from "../../../schemas/published/definition.js";
import type { MonthNumber } from "../../../schemas/units.js";
import { PAGE_ROWS, type StateSnapshot } from "../../state/read-snapshot.js";
import { appendColumns } from "../append.js";
import { columnsOf, localTime, replaceTables } from "../publish/stage.js";
import { CodeSets, KeptColumns, SET_FIELDS } from "./kept-columns.js";
import { appendPseudonyms, PERSON_WORDS, PSEUDONYM_SQL } from "./pseudonyms.js";
import { deriveDimensions, movedRefunds, stagingTable, zoneShift } from "./sql.js";
import type { DetailReference, StagedSettlements, StageMaker } from "./staged.js";

const SLICE_MS = 12;

/** Gives the event loop a turn whenever a slice of time is used up. */
export function slices(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  };
}

const tableOf = (name: string) => DETAIL_REFERENCE.find((t) => t.name === name)!;
const list = (values: readonly string[] | undefined): string =>
  values === undefined ? "NULL" : `[${values.map(quoteText).join(", ")}]::VARCHAR[]`;

async function insertRows(
  connection: DuckDBConnection,
  table: string,
  rows: readonly string[],
): Promise<void> {
  await connection.run(`DELETE FROM ${table}`);
  if (rows.length > 0) await connection.run(`INSERT INTO ${table} VALUES ${rows.join(", ")}`);
}

/** Fills the reference tables of the catalog in use. */
export async function loadReference(connection: DuckDBConnection, reference: DetailReference): Promise<void> {
  const { config, facilities, categories } = reference;
  const calendar = new ZoneCalendar(config.timezone);
  const special: Record<string, (value: number) => string | null> = {
    valid_from: dayText,
    valid_to: dayText,
    updt_time: (at) => localTime(calendar, at),
  };
  const facility = tableOf("facility");
  const category = tableOf("category");
  await replaceTables(connection, [
    {
      table: facility,
      columns: columnsOf(
        facilities,
        facility.columns.map(({ name }) => (row: StreamRecord) => {
          const value = row[name];
          if (value === null || value === undefined || value === "") return null;
          return typeof value === "number" && name in special
            ? special[name](value)
            : (value as string | number);
        }),
      ),
    },
    {
      table: category,
      columns: columnsOf(
        categories.map((row, ordinal) => ({ ...row, ordinal })),
        category.columns.map(
          ({ name }) =>
            (row: object) =>
              (row as Record<string, string | number | null>)[name] || (name === "ordinal" ? 0 : null),
        ),
      ),
    },
  ]);
  await insertRows(
    connection,
    "care_group_rule",
    config.careGroups.map(
      ({ name, when }, ordinal) =>
        `(${ordinal}, ${quoteText(name)}, ${list(when.region)}, ${list(when.tier)}, ${list(when.ownership)}, ${list(when.kind)})`,
    ),
  );
  await insertRows(
    connection,
    "insurance_type",
    Object.entries(config.insurances).flatMap(([insurance, codes]) =>
      codes.map((code) => `(${quoteText(code)}, ${quoteText(insurance)})`),
    ),
  );
  await insertRows(connection, "component", [
    ...config.reimbursed.map((part) => `('reimbursed', 'all', ${quoteText(part)})`),
    ...Object.entries(config.benefit).flatMap(([insurance, parts]) =>
      parts.map((part) => `('benefit_paid', ${quoteText(insurance)}, ${quoteText(part)})`),
    ),
  ]);
}

interface Refund {
  readonly ref: number;
  readonly original: string;
}

/**
 * Lays kept settlements of a state snapshot into temporary table `kept` of a DuckDB connection, a month at a
 * time, and keeps `code_set` and `dimension` of the catalog in use up to them.
 */
export class DetailStage implements StagedSettlements {
  readonly sets = new CodeSets();
  readonly #columns: KeptColumns;
  readonly #moving: boolean;
  /** References staged, so that they can be held against what the state says is current. */
  readonly checks = new RefCheck();

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly snapshot: StateSnapshot,
    private readonly reference: DetailReference,
    readonly withTexts: boolean,
  ) {
    const deciding = new Set(reference.categories.flatMap((c) => (c.dise_no ? [c.dise_no] : [])));
    this.#columns = new KeptColumns(this.sets, snapshot.codes, deciding, withTexts);
    this.#moving = reference.config.refunds === "original-period";
  }

  get moving(): boolean {
    return this.#moving;
  }

  months(): readonly MonthNumber[] {
    return this.snapshot.months();
  }

  places(): ReturnType<StateSnapshot["partitions"]> {
    return this.snapshot.partitions();
  }

  get count(): number {
    return this.checks.count;
  }

  /** The persons of the staged settlements, as `person`. */
  async namePersons(): Promise<void> {
    const { connection, snapshot } = this;
    const found = await connection.runAndReadAll("SELECT DISTINCT person FROM kept ORDER BY person");
    const wanted = Int32Array.from(found.getColumns()[0] as number[]);
    await connection.run(PERSON_WORDS);
    for (const { persons, pseudonyms } of snapshot.pseudonymsOf(wanted))
      await appendPseudonyms(connection, persons, pseudonyms);
    await connection.run(
      `CREATE OR REPLACE TEMP VIEW person AS SELECT person, ${PSEUDONYM_SQL} AS pseudonym FROM person_word`,
    );
  }

  /** Held against the versions that the state's index names. */
  async agrees(): Promise<boolean> {
    const named = new RefCheck();
    const turn = slices();
    for (const refs of this.snapshot.ids.refs()) {
      for (const ref of refs) named.add(ref);
      await turn();
    }
    return named.text === this.checks.text;
  }

  /** Begins with the code sets that the catalog holds; their dimensions are worked out anew. */
  async begin(): Promise<void> {
    const { connection, snapshot } = this;
    await connection.run("CREATE OR REPLACE TEMP TABLE code (id INTEGER, text VARCHAR)");
    await appendColumns(connection, { catalog: "temp", table: "code" }, [
      Int32Array.from(snapshot.codes, (_, id) => id),
      snapshot.codes,
    ]);
    await connection.run(stagingTable(this.withTexts));
    await connection.run("DELETE FROM dimension");
    const held = await connection.runAndReadAll(
      `SELECT ${SET_FIELDS.map((f) => `coalesce(${f}, '')`).join(", ")} FROM code_set ORDER BY code_set`,
    );
    const ids = new Map(snapshot.codes.map((text, id) => [text, id]));
    // A text that the state never met is no code of it; the empty text may be one.
    const none = ids.get("") ?? snapshot.codes.length;
    this.sets.load(held.getColumns().map((column) => column.map((text) => ids.get(String(text)) ?? none)));
    if (this.sets.size > 0) {
      await connection.run(deriveDimensions(this.reference.config, 0));
    }
  }

  /**
   * Stages months, one or more until `enough` rows are there; returns how many months and rows. Tables `kept`,
   * `zone_shift` and, where refunds move, `moved` are replaced.
   */
  async stage(months: readonly MonthNumber[], enough = 0): Promise<{ months: number; rows: number }> {
    const { connection } = this;
    const before = this.sets.size;
    const refunds: Refund[] = [];
    let taken = 0;
    let rows = 0;
    await connection.run(stagingTable(this.withTexts));
    do rows += await this.#month(months[taken++], refunds);
    while (taken < months.length && rows < enough);
    await connection.run(zoneShift(this.reference.config.timezone));
    await this.#newSets(before);
    if (this.#moving) await this.#originals(refunds);
    return { months: taken, rows };
  }

  async #month(month: MonthNumber, refunds: Refund[]): Promise<number> {
    const { connection, snapshot } = this;
    const columns = this.#columns;
    const turn = slices();
    let rows = 0;
    const flush = async (): Promise<void> => {
      rows += columns.rows;
      await appendColumns(connection, { catalog: "temp", table: "kept" }, columns.take());
    };
    const pages = snapshot.rows(month, (ref, row) => {
      columns.add(ref, row, month);
      this.checks.add(ref);
      if (this.#moving && row.init_setl_id !== "") refunds.push({ ref, original: row.init_setl_id });
    });
    for (const _page of pages) {
      if (columns.room < PAGE_ROWS) await flush();
      await turn();
    }
    await flush();
    return rows;
  }

  async #newSets(first: number): Promise<void> {
    const { connection, snapshot } = this;
    if (this.sets.size === first) return;
    const texts = this.sets
      .columns(first)
      .map((column) => Array.from(column, (id) => snapshot.codes[id] || null));
    await appendColumns(connection, { table: CODE_SET.name }, [
      Int32Array.from({ length: this.sets.size - first }, (_, i) => first + i),
      ...texts,
    ]);
    await connection.run(deriveDimensions(this.reference.config, first));
  }

  async #originals(refunds: readonly Refund[]): Promise<void> {
    const { connection, snapshot } = this;
    const turn = slices();
    const found: { ref: number; time: number }[] = [];
    for (const { ref, original } of refunds) {
      const time = snapshot.timeOf(original);
      if (time !== undefined) found.push({ ref, time });
      await turn();
    }
    await connection.run("CREATE OR REPLACE TEMP TABLE original_time (ref BIGINT, original_ms BIGINT)");
    await appendColumns(connection, { catalog: "temp", table: "original_time" }, [
      BigInt64Array.from(found, (f) => BigInt(f.ref)),
      BigInt64Array.from(found, (f) => BigInt(f.time)),
    ]);
    await connection.run(movedRefunds(this.reference.config.timezone));
  }
}

/** The settlements that the state itself keeps. */
export const keptBlocks: StageMaker = (...given) => new DetailStage(...given);

/**
 * Count and order-free sums of references: two agree when the same versions were seen. The sums are of 32 bits and
 * wrap: whole numbers past 2^53 would not add up the same in every order.
 */
export class RefCheck {
  count = 0;
  #sum = 0;
  #other = 0;

  add(ref: number): void {
    let x = Math.imul(ref ^ (ref / 0x1_0000_0000), 0x9e3779b1);
    x = Math.imul(x ^ (x >>> 15), 0x85ebca6b);
    x ^= x >>> 13;
    this.#sum = (this.#sum + x) | 0;
    this.#other = (this.#other + Math.imul(x ^ (x >>> 16), 0xc2b2ae35)) | 0;
    this.count++;
  }

  get text(): string {
    return `${this.count} ${this.#sum >>> 0} ${this.#other >>> 0}`;
  }
}
