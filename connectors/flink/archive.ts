import type { Config } from "../../schemas/config/schema.js";
import { STREAMS } from "../../schemas/input/streams.js";
import { text, view } from "./dialect.js";
import { type FigureSql, metaFigure } from "./figures.js";
import type { Wiring } from "./tables.js";

/** A column, and its type as Flink calls it. */
interface ArchiveColumn {
  readonly name: string;
  readonly flink: "STRING" | "BIGINT" | "INT" | "BYTES";
}

const FLINK_TYPES: Readonly<Record<string, ArchiveColumn["flink"]>> = {
  string: "STRING",
  instant: "BIGINT",
  date: "INT",
  int: "INT",
  amount: "BIGINT",
};

/** Fields of a settlement that are kept: not who it is, nor what is for people alone. */
const FIELDS = STREAMS.settlement.fields.filter((f) => f.name !== "psn_no" && f.text !== "prose");

/**
 * A row of the archive: a settlement in its normal form with the person's pseudonym, where it stood in the topic, and what
 * was found wrong with its stay and times. Days since 1970, months from year 0, instants in ms, amounts in fen.
 */
export const ARCHIVE_COLUMNS: readonly ArchiveColumn[] = [
  ...FIELDS.map(({ name, type }) => ({ name, flink: FLINK_TYPES[type] })),
  { name: "psn", flink: "BYTES" },
  { name: "setl_day", flink: "INT" },
  { name: "setl_month", flink: "INT" },
  { name: "stay_fault", flink: "STRING" },
  { name: "time_fault", flink: "STRING" },
  { name: "part", flink: "INT" },
  { name: "pos", flink: "BIGINT" },
];

/** Whether the job of a configuration keeps an archive. */
export const keepsArchive = ({ engine }: Config): boolean =>
  engine.kind === "flink" && engine.archive !== undefined;

/** Every settlement that is good in itself, before its facility is asked: rows that are inserted alone. */
export function archiveSql(): FigureSql {
  const year = "CAST(CAST((setl_month - MOD(setl_month, 12)) / 12 AS INT) AS STRING)";
  const month = `CONCAT(${year}, '-', LPAD(CAST(MOD(setl_month, 12) + 1 AS STRING), 2, '0'))`;
  return {
    views: [
      view(
        "archive_row",
        `SELECT ${FIELDS.map((f) => f.name).join(", ")},
  fundpulse_person(psn_no) AS psn, setl_day, setl_month, stay_fault, time_fault, part, pos, ${month} AS folder
FROM settlement_judged WHERE fault IS NULL`,
      ),
    ],
    branches: [metaFigure("archived", "part", "ARRAY[COUNT(*)]", "archive_row GROUP BY part")],
  };
}

/** The files, a folder a month; those of a checkpoint are shown with its figures. */
export function archiveTable({ archive }: Wiring): string {
  const columns = ARCHIVE_COLUMNS.map(({ name, flink }) => `  ${name} ${flink}`);
  return `CREATE TEMPORARY TABLE archive (\n${columns.join(",\n")},\n  folder STRING\n) PARTITIONED BY (folder) WITH (
  'connector' = 'filesystem',
  'path' = ${text(archive ?? "")},
  'format' = 'fundpulse-archive',
  'sink.shuffle-by-partition.enable' = 'true'
);`;
}

export const archiveInsert = (): string =>
  `INSERT INTO archive SELECT ${[...ARCHIVE_COLUMNS.map((c) => c.name), "folder"].join(", ")} FROM archive_row;`;
