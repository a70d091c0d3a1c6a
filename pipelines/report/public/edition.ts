import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parsePeriod } from "../../../aggregations/calendar.js";
import { type EditionRow, suppressed } from "../../../aggregations/privacy/suppress.js";
import {
  EDITION_MEASURES,
  type EditionCell,
  readEditionCells,
} from "../../../connectors/duckdb/reports/edition.js";
import { HELD, holdPeriod, type Reader, readPeriod } from "../../../connectors/duckdb/reports/figures.js";
import { makeFolder, PRIVATE_FOLDER } from "../../../connectors/files/modes.js";
import type { Config } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";

/** A row of a public edition: numbers as text (money in yuan), all null where it is suppressed. */
export interface PublicRow {
  readonly insurance: string;
  readonly care: string | null;
  readonly dimension: string | null;
  readonly value: string | null;
  readonly numbers: Readonly<Record<string, string | null>> | null;
}

/** What was given out for a period, as it is kept under `data/public/`. */
export interface Edition {
  readonly period: string;
  readonly version: string;
  readonly smallCell: number;
  readonly rows: readonly PublicRow[];
}

/** An edition, and whether it is one that was published before. */
export interface MadeEdition {
  readonly edition: Edition;
  readonly stands: boolean;
}

const folderOf = (config: Config): string => join(config.data, "public");
const keyOf = (r: Pick<PublicRow, "insurance" | "care" | "dimension" | "value">): string =>
  [r.insurance, r.care, r.dimension, r.value].map((v) => v ?? "").join("\u0000");

/** Editions that were published, by period. */
function keptEditions(config: Config): Map<string, Edition> {
  const folder = folderOf(config);
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder).filter((f) => f.endsWith(".json"));
  const editions = files.map((f) => JSON.parse(readFileSync(join(folder, f), "utf8")) as Edition);
  return new Map(editions.map((e) => [e.period, e]));
}

/**
 * The public edition of a period, and keeps the record of it. A period that shares days with one that was published
 * is refused: the difference of both would give suppressed figures away. An edition of the same period stands as it
 * was published while corrections to any of its rows are smaller than `privacy.smallCell`.
 * @throws FundpulseError FP1003, FP4004, FP7004.
 */
export async function makeEdition(reader: Reader, config: Config, period: string): Promise<MadeEdition> {
  const span = parsePeriod(period);
  if (span === null || span.kind === "day") {
    throw new FundpulseError(
      "FP1003",
      `period "${period}": give a month, quarter, half-year or year, as 2024Q1`,
    );
  }
  const kept = keptEditions(config);
  for (const other of kept.keys()) {
    const theirs = parsePeriod(other)!;
    if (other !== period && theirs.startDay <= span.endDay && span.startDay <= theirs.endDay) {
      throw new FundpulseError(
        "FP7004",
        `${period} shares days with the edition of ${other} that was published`,
      );
    }
  }
  const facts = await readPeriod(reader, period);
  if (facts === null) throw new FundpulseError("FP4004", `nothing is published of ${period}`);
  await holdPeriod(reader, period);
  const cells = additive(await readEditionCells(reader, HELD));
  const threshold = config.privacy.smallCell;
  const before = kept.get(period);
  if (before !== undefined && before.smallCell === threshold && unchanged(before, cells)) {
    return { edition: before, stands: true };
  }
  if (before !== undefined && !newlyPublishable(before, cells, Math.max(threshold, before.smallCell))) {
    return { edition: before, stands: true };
  }
  const earlier = new Set((before?.rows ?? []).flatMap((r) => (r.numbers === null ? [keyOf(r)] : [])));
  const hidden = suppressed(asRows(cells, earlier), threshold);
  const edition: Edition = {
    period,
    version: facts.version,
    smallCell: threshold,
    rows: cells.map((c) => ({
      insurance: c.insurance,
      care: c.care,
      dimension: c.dimension,
      value: c.value,
      numbers: hidden.has(keyOf(c)) ? null : numbersOf(c),
    })),
  };
  keep(config, edition);
  return { edition, stands: false };
}

function keep(config: Config, edition: Edition): void {
  const folder = folderOf(config);
  makeFolder(folder, PRIVATE_FOLDER);
  const path = join(folder, `${edition.period}.json`);
  writeFileSync(`${path}.next`, `${JSON.stringify(edition, null, 1)}\n`, { mode: 0o600 });
  renameSync(`${path}.next`, path);
}

/** Parts that do not add up to their whole are left out: nothing is known then of what they would tell. */
function additive(cells: readonly EditionCell[]): EditionCell[] {
  const whole = new Map(
    cells.filter((c) => c.dimension === null).map((c) => [keyOf(c), c.numbers.visits ?? 0n]),
  );
  const sums = new Map<string, bigint>();
  const table = (c: EditionCell): string => [c.insurance, c.care ?? "", c.dimension ?? ""].join("\u0000");
  for (const c of cells) sums.set(table(c), (sums.get(table(c)) ?? 0n) + (c.numbers.visits ?? 0n));
  return cells.filter((c) => {
    if (c.dimension === null) return true;
    const parent = whole.get(keyOf({ ...c, dimension: null, value: null }));
    return parent !== undefined && sums.get(table(c)) === parent;
  });
}

function asRows(cells: readonly EditionCell[], hiddenBefore: ReadonlySet<string>): EditionRow[] {
  const root = keyOf({ insurance: "all", care: null, dimension: null, value: null });
  const known = new Set(cells.map(keyOf));
  return cells.map((c) => {
    const key = keyOf(c);
    const up =
      c.dimension !== null
        ? keyOf({ ...c, dimension: null, value: null })
        : c.care !== null
          ? keyOf({ ...c, care: null })
          : root;
    const { visits, persons, ...amounts } = c.numbers;
    const count = Number(visits ?? 0n);
    return {
      key,
      parent: key === root || !known.has(up) ? null : up,
      withheld: hiddenBefore.has(key),
      partition: c.dimension ?? (c.care !== null ? "care" : c.insurance === "all" ? "root" : "insurance"),
      count,
      persons: persons === null || persons === undefined ? null : Number(persons),
      anything: (visits ?? 0n) !== 0n || Object.values(amounts).some((v) => (v ?? 0n) !== 0n),
    };
  });
}

/** Whether no row changed by less than the threshold, so that two editions side by side tell of no few people. */
function newlyPublishable(before: Edition, cells: readonly EditionCell[], threshold: number): boolean {
  const now = new Map(cells.map((c) => [keyOf(c), c]));
  const keys = new Set([...now.keys(), ...before.rows.map(keyOf)]);
  const then = new Map(before.rows.map((r) => [keyOf(r), r]));
  for (const key of keys) {
    const old = then.get(key);
    if (old?.numbers === null) continue;
    const was = Number(old?.numbers?.visits ?? 0);
    const is = Number(now.get(key)?.numbers.visits ?? 0n);
    const same =
      old !== undefined &&
      now.has(key) &&
      JSON.stringify(old.numbers) === JSON.stringify(numbersOf(now.get(key)!));
    if (!same && Math.abs(is - was) < threshold) return false;
  }
  return true;
}

/** Whether every published row has the numbers that it had. */
function unchanged(before: Edition, cells: readonly EditionCell[]): boolean {
  const then = new Map(before.rows.map((r) => [keyOf(r), r.numbers]));
  return (
    then.size === cells.length &&
    cells.every((c) => {
      const old = then.get(keyOf(c));
      return old === null || (old !== undefined && JSON.stringify(old) === JSON.stringify(numbersOf(c)));
    })
  );
}

const COUNTS: readonly string[] = ["visits", "persons", "bed_days"];

function numbersOf(cell: EditionCell): Record<string, string | null> {
  const text = (m: string): string | null => {
    const v = cell.numbers[m];
    if (v === null || v === undefined) return null;
    if (COUNTS.includes(m)) return String(v);
    const size = v < 0n ? -v : v;
    return `${v < 0n ? "-" : ""}${size / 100n}.${String(size % 100n).padStart(2, "0")}`;
  };
  return Object.fromEntries(EDITION_MEASURES.map((m) => [m, text(m)]));
}
