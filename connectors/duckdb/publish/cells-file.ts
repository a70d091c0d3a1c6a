import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { monthText, ZoneCalendar } from "../../../aggregations/calendar.js";
import { SETTLEMENT_DIMENSIONS, type SettlementDimension } from "../../../schemas/dimensions.js";
import { MEASURES } from "../../../schemas/measures.js";
import { column, ddl, quoteText, type TableDef } from "../../../schemas/published/definition.js";
import { DIMENSION_ZH } from "../../../schemas/published/store.js";
import type { EpochMs, MonthNumber } from "../../../schemas/units.js";
import { failed } from "../../faults/known.js";
import { makeFolder, PUBLIC_FOLDER } from "../../files/modes.js";
import { appendColumns } from "../append.js";
import { moveIntoPlace, OLD_READERS, STORAGE_VERSION } from "../file.js";
import { localTime } from "./stage.js";

/** Cells of one month, column by column: the finest additive groups. Money in fen. */
export interface MonthCells {
  readonly month: MonthNumber;
  readonly insurance: readonly string[];
  readonly dimensions: Readonly<Record<SettlementDimension, readonly string[]>>;
  /** `sums[m][i]` is measure m of schemas/measures.ts of row i. */
  readonly sums: readonly Float64Array[];
}

const CELL_MONTH: TableDef = {
  kind: "table",
  schema: "main",
  name: "cell_month",
  comment: "最细粒度汇总：月 × 险种 × 全部维度，金额单位为元",
  columns: [
    column("period", "VARCHAR", "月份，如 2024-03"),
    column("insurance", "VARCHAR", "险种：employee、resident、maternity"),
    ...SETTLEMENT_DIMENSIONS.map((d) => column(d, "VARCHAR", `${DIMENSION_ZH[d]}；无法判定为 unknown`)),
    ...MEASURES.map((m) =>
      m.unit === "yuan"
        ? column(m.name, "DECIMAL(18, 2)", `${m.zh}（元）`)
        : column(m.name, "BIGINT", `${m.zh}（${m.unit === "visit" ? "人次" : "天"}）`),
    ),
  ],
};

const SNAPSHOT: TableDef = {
  kind: "table",
  schema: "main",
  name: "snapshot",
  comment: "本文件的版本（一行）",
  columns: [
    column("version", "BIGINT", "本文件的版本号，只增不减"),
    column("published_at", "TIMESTAMP", "写出时间（辖区时区）"),
  ],
};

/**
 * Replaces `cells.duckdb` atomically and returns its new version, one above that of the file it replaces.
 * Months are taken one at a time, so memory holds one of them.
 * @throws FundpulseError FP4001; the old file then stands.
 */
export async function publishCells(
  path: string,
  options: { publishedAt: EpochMs; timezone: string },
  months: Iterable<MonthCells> | AsyncIterable<MonthCells>,
): Promise<number> {
  const next = join(dirname(path), `.${basename(path)}.next`);
  makeFolder(dirname(path), PUBLIC_FOLDER);
  await rm(next, { force: true });
  await rm(`${next}.wal`, { force: true });
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "1GB", ...OLD_READERS });
  const connection = await instance.connect();
  let version = 1;
  try {
    try {
      await connection.run(`ATTACH ${quoteText(path)} AS old (READ_ONLY)`);
      const held = await connection.runAndReadAll("SELECT version::VARCHAR FROM old.main.snapshot");
      version = Number(held.getRows()[0]?.[0] ?? 0) + 1;
      await connection.run("DETACH old");
    } catch {
      // None yet, or not readable: versions start again.
    }
    await connection.run(
      `ATTACH ${quoteText(next)} AS cells (STORAGE_VERSION '${STORAGE_VERSION}'); USE cells`,
    );
    for (const table of [CELL_MONTH, SNAPSHOT]) {
      for (const statement of ddl(table)) await connection.run(statement);
    }
    const names = MEASURES.map((m) => m.name);
    await connection.run(`CREATE TEMP TABLE in_cell (insurance VARCHAR,
      ${SETTLEMENT_DIMENSIONS.map((d) => `${d} VARCHAR`).join(", ")}, ${names.map((n) => `${n} DOUBLE`).join(", ")})`);
    for await (const cells of months) {
      await appendColumns(connection, { catalog: "temp", table: "in_cell" }, [
        cells.insurance,
        ...SETTLEMENT_DIMENSIONS.map((d) => cells.dimensions[d]),
        ...cells.sums,
      ]);
      await connection.run(`INSERT INTO cell_month SELECT ${quoteText(monthText(cells.month))}, insurance,
        ${SETTLEMENT_DIMENSIONS.join(", ")},
        ${MEASURES.map((m) => (m.unit === "yuan" ? `(${m.name}::BIGINT::DECIMAL(19, 0) * 0.01)::DECIMAL(18, 2)` : `${m.name}::BIGINT`)).join(", ")}
        FROM in_cell; DELETE FROM in_cell`);
    }
    const at = localTime(new ZoneCalendar(options.timezone), options.publishedAt)!;
    await connection.run(`INSERT INTO snapshot VALUES (${version}, ${quoteText(at)}::TIMESTAMP)`);
    await connection.run("CHECKPOINT cells; USE memory; DETACH cells");
  } catch (cause) {
    throw failed("FP4001", `writing ${path} failed`, cause);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  await moveIntoPlace(next, path);
  return version;
}
