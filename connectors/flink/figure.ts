import { dimensionsOf, type SettlementDimension } from "../../schemas/dimensions.js";
import { MEASURES } from "../../schemas/measures.js";
import type { DayNumber, EpochMs, Fen, MonthNumber } from "../../schemas/units.js";
import { SEPARATOR } from "./dialect.js";
import { FIGURE_KINDS } from "./figures.js";
import type { JobManifest } from "./generate.js";

type Values = Readonly<Partial<Record<SettlementDimension, string>>>;
/** Measures in their order, then the settlements behind them; null where nothing is left of it. */
type Row = readonly number[] | null;

/** One record of the figures topic, with its key taken apart (figures.ts). */
export type JobFigure =
  | {
      readonly kind: "cell";
      readonly month: MonthNumber;
      readonly insurance: string;
      readonly values: Readonly<Record<SettlementDimension, string>>;
      readonly facilityKnown: boolean;
      readonly row: Row;
    }
  | {
      readonly kind: "day" | "facilityDay";
      readonly day: DayNumber;
      readonly insurance: string;
      /** Of people insured in the jurisdiction. */
      readonly home: boolean;
      readonly values: Values;
      readonly row: Row;
    }
  | {
      readonly kind: "persons";
      readonly year: number;
      readonly grouping: string;
      readonly values: Values;
      /** By insurance of the manifest, then of all: persons of the 31 periods of the year. */
      readonly counts: Row;
    }
  | {
      readonly kind: "unmapped";
      readonly month: MonthNumber;
      readonly what: string;
      readonly code: string;
      readonly records: number;
      readonly fee: Fen;
    }
  | {
      readonly kind: "reporting";
      readonly facility: string;
      readonly day: DayNumber;
      readonly latest: EpochMs | null;
    }
  | {
      readonly kind: "quarantine";
      readonly partition: number;
      readonly offset: number;
      readonly fault: string;
      readonly day: DayNumber | null;
      readonly time: EpochMs | null;
      /** Its `medfee_sumamt`; null where it could not be read. */
      readonly fee: Fen | null;
      readonly sealed: Buffer;
    }
  | {
      readonly kind: "progress";
      readonly stream: "settlement" | "facility";
      readonly partition: number;
      readonly last: number;
      readonly records: number;
    }
  /** Rows of the archive from a partition. */
  | { readonly kind: "archived"; readonly partition: number; readonly rows: number }
  | { readonly kind: "latest"; readonly time: EpochMs | null }
  | { readonly kind: "manifest"; readonly digest: string; readonly keyCheck: string }
  /** Where the savepoint lies that a job stopped with behind its last figure. */
  | { readonly kind: "savepoint"; readonly path: string };

/** The value of a record as the job writes it. */
export interface FigureValue {
  readonly v?: readonly number[];
  readonly t?: string;
}

/** A value; null where the figure is gone. @throws SyntaxError */
const parsed = (bytes: Buffer | null): FigureValue | null =>
  bytes && (JSON.parse(bytes.toString()) as FigureValue);

const ROW = MEASURES.length + 1;

/** What the keys of one kind begin with that are about one month, day, year or partition. */
export const prefixOf = (kind: keyof typeof FIGURE_KINDS, part: number): string =>
  [FIGURE_KINDS[kind], part, ""].join(SEPARATOR);

/** What the keys begin with under which a job tells of itself by partition. */
export const prefixOfMeta = (what: "settlement" | "facility" | "archived"): string =>
  [FIGURE_KINDS.meta, what, ""].join(SEPARATOR);

/** Key of the latest `setl_time`, and that of what the job says of itself. */
export const keyOfLatest = (): string => [FIGURE_KINDS.meta, "latest"].join(SEPARATOR);
/** Key of how far the job has read a partition. */
export const keyOfProgress = (stream: "settlement" | "facility", partition: string): string =>
  [FIGURE_KINDS.meta, stream, partition].join(SEPARATOR);
/** Key of the savepoint that a job stopped with. */
export const keyOfSavepoint = (): string => [FIGURE_KINDS.meta, "savepoint"].join(SEPARATOR);
export const keyOfManifest = (): string => [FIGURE_KINDS.meta, "manifest"].join(SEPARATOR);

/**
 * Takes a record of the figures topic apart.
 * @throws Error where it is none: the topic belongs to something else
 */
export function readFigure(manifest: JobManifest, key: string, bytes: Buffer | null): JobFigure {
  const value = parsed(bytes);
  const [kind, ...parts] = key.split(SEPARATOR);
  const row = (): Row => {
    if (value === null) return null;
    if (value.v?.length !== ROW) throw new Error(`figure of kind ${kind} without its ${ROW} numbers`);
    return value.v;
  };
  const named = (names: readonly SettlementDimension[], from: number): Values => {
    if (parts.length < from + names.length) throw new Error(`key of kind ${kind} is too short`);
    return Object.fromEntries(names.map((name, i) => [name, parts[from + i]]));
  };
  switch (kind) {
    case FIGURE_KINDS.cell:
      return {
        kind: "cell",
        month: Number(parts[0]),
        insurance: parts[1],
        values: named(manifest.dimensions, 2) as Record<SettlementDimension, string>,
        facilityKnown: parts[2 + manifest.dimensions.length] === "1",
        row: row(),
      };
    case FIGURE_KINDS.day:
    case FIGURE_KINDS.facilityDay: {
      const facility = kind === FIGURE_KINDS.facilityDay;
      const names = facility ? manifest.facilityDayDimensions : manifest.dayDimensions;
      return {
        kind: facility ? "facilityDay" : "day",
        day: Number(parts[0]),
        insurance: parts[1],
        home: parts[2] === "1",
        values: named(names, 3),
        row: row(),
      };
    }
    case FIGURE_KINDS.persons: {
      const grouping = manifest.personGroupings[Number(parts[1])];
      if (grouping === undefined) throw new Error("a person grouping that the manifest does not have");
      const names = dimensionsOf(grouping);
      return {
        kind: "persons",
        year: Number(parts[0]),
        grouping,
        values: named(names, 2),
        counts: value?.v ?? null,
      };
    }
    case FIGURE_KINDS.unmapped: {
      const [records, fee] = value?.v ?? [0, 0];
      return { kind: "unmapped", month: Number(parts[0]), what: parts[1], code: parts[2], records, fee };
    }
    case FIGURE_KINDS.reporting:
      return { kind: "reporting", facility: parts[0], day: Number(parts[1]), latest: value?.v?.[0] ?? null };
    case FIGURE_KINDS.quarantine: {
      const [fault = "", day = "", time = "", fee = "", sealed = ""] = (value?.t ?? "").split(SEPARATOR);
      return {
        kind: "quarantine",
        partition: Number(parts[0]),
        offset: Number(parts[1]),
        fault,
        day: day === "" ? null : Number(day),
        time: time === "" ? null : Number(time),
        fee: fee === "" ? null : Number(fee),
        sealed: Buffer.from(sealed, "base64"),
      };
    }
    case FIGURE_KINDS.meta:
      return metaOf(parts, value);
    default:
      throw new Error("a record that is no figure");
  }
}

/** What a job says of itself, which is written alike whatever it computes. */
export type JobMeta = Extract<
  JobFigure,
  { readonly kind: "progress" | "archived" | "latest" | "manifest" | "savepoint" }
>;

/** What a record of the topic, of whichever job, says of that job; null where it is a figure, or none of ours. */
export function readMeta(key: string, value: Buffer | null): JobMeta | null {
  const [kind, ...parts] = key.split(SEPARATOR);
  if (kind !== FIGURE_KINDS.meta) return null;
  try {
    return metaOf(parts, parsed(value));
  } catch {
    return null;
  }
}

function metaOf(parts: readonly string[], value: FigureValue | null): JobMeta {
  const [what, partition] = parts;
  if (what === "settlement" || what === "facility") {
    const [last, records] = value?.v ?? [-1, 0];
    return { kind: "progress", stream: what, partition: Number(partition), last, records };
  }
  if (what === "archived")
    return { kind: "archived", partition: Number(partition), rows: value?.v?.[0] ?? 0 };
  if (what === "latest") return { kind: "latest", time: value?.v?.[0] ?? null };
  if (what === "savepoint") return { kind: "savepoint", path: value?.t ?? "" };
  const [digest = "", keyCheck = ""] = (value?.t ?? "").split(SEPARATOR);
  return { kind: "manifest", digest, keyCheck };
}
