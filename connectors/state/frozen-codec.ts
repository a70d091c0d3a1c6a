import { deflateSync, inflateSync } from "node:zlib";
import type { GroupKey } from "../../aggregations/dimensions/groups.js";
import { dimensionsOf } from "../../schemas/dimensions.js";
import type { Figure } from "../../schemas/figure.js";
import { MEASURES } from "../../schemas/measures.js";
import { ByteReader, ByteWriter } from "./bytes.js";
import { checkedCrc, withCrc } from "./file.js";

/** The whole numbers that a period's settlement figures are made of, as they were at close. */
export interface FrozenSums {
  /** Groupings that were kept then, and those in which persons were counted. */
  readonly groupings: readonly string[];
  readonly personGroupings: readonly string[];
  /** What row i stands for: described, not numbered, because a rebuild numbers groups anew. */
  readonly groups: readonly GroupKey[];
  /** `sums[m][i]` is measure m of row i (fen, visits, days). */
  readonly sums: readonly Float64Array[];
  /** Distinct persons; NaN where they are not counted. */
  readonly persons: Float64Array;
}

interface Header {
  readonly measures: readonly string[];
  readonly groupings: readonly string[];
  readonly personGroupings: readonly string[];
  readonly insurances: readonly string[];
  readonly rows: number;
}

/** Packs frozen sums: header, texts by number, then each column; compressed, with a CRC. */
export function packSums(frozen: FrozenSums): Buffer {
  const w = new ByteWriter();
  const insurances = [...new Set(frozen.groups.map((g) => g.insurance))];
  const header: Header = {
    measures: MEASURES.map((m) => m.name),
    groupings: frozen.groupings,
    personGroupings: frozen.personGroupings,
    insurances,
    rows: frozen.groups.length,
  };
  w.text(JSON.stringify(header));
  const texts = new Map<string, number>();
  const number = (text: string): number => {
    const known = texts.get(text) ?? texts.size;
    texts.set(text, known);
    return known;
  };
  const rows = frozen.groups.map(({ grouping, dimensions }) => [
    frozen.groupings.indexOf(grouping),
    ...dimensionsOf(grouping).map((d) => number(dimensions[d]!)),
  ]);
  w.uint(texts.size);
  for (const text of texts.keys()) w.text(text);
  frozen.groups.forEach((g, i) => {
    w.uint(insurances.indexOf(g.insurance));
    for (const value of rows[i]) w.uint(value);
  });
  for (const column of frozen.sums) for (const value of column) w.int(value);
  for (const count of frozen.persons) w.int(Number.isNaN(count) ? -1 : count);
  return withCrc(deflateSync(w.copy()));
}

/** What `packSums` was given; a measure that did not exist then is 0. Throws FP2004 when it was damaged. */
export function unpackSums(data: Buffer, period: string): FrozenSums {
  const r = new ByteReader(inflateSync(checkedCrc(data, `the closed period ${period}`)));
  const { measures, groupings, personGroupings, insurances, rows } = JSON.parse(r.text()) as Header;
  const texts = Array.from({ length: r.uint() }, () => r.text());
  const groups = Array.from({ length: rows }, (): GroupKey => {
    const insurance = insurances[r.uint()];
    const grouping = groupings[r.uint()];
    const dimensions = Object.fromEntries(dimensionsOf(grouping).map((d) => [d, texts[r.uint()]]));
    return { insurance, grouping, dimensions };
  });
  const columns = new Map(
    measures.map((name) => [name, Float64Array.from({ length: rows }, () => r.int())] as const),
  );
  const persons = Float64Array.from({ length: rows }, () => {
    const count = r.int();
    return count < 0 ? Number.NaN : count;
  });
  const sums = MEASURES.map((m) => columns.get(m.name) ?? new Float64Array(rows));
  return { groupings, personGroupings, groups, sums, persons };
}

/** Packs the given figures of a period (enrolment, funds, DIP, reported facts). */
export const packFigures = (figures: readonly Figure[]): Buffer =>
  withCrc(deflateSync(Buffer.from(JSON.stringify(figures))));

export const unpackFigures = (data: Buffer, period: string): Figure[] =>
  JSON.parse(inflateSync(checkedCrc(data, `the figures of the closed period ${period}`)).toString());

/** A text that is kept compressed with a CRC: tables that were in use. */
export const packText = (text: string): Buffer => withCrc(deflateSync(Buffer.from(text)));
export const unpackText = (data: Buffer, what: string): string =>
  inflateSync(checkedCrc(data, what)).toString();
