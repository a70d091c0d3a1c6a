import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8 } from "fflate";
import writeXlsxFile, { type Cell } from "write-excel-file/node";
import type { Vocabulary } from "../../../aggregations/explain/vocabulary.js";
import { csvText } from "../../../connectors/files/csv.js";
import type { Dimension } from "../../../schemas/dimensions.js";
import { neutralText } from "../../../schemas/neutral-text.js";
import { DIMENSION_ZH } from "../../../schemas/published/store.js";
import { unzip, zip } from "../docx/zip.js";
import type { Edition } from "./edition.js";

export const PUBLIC_FORMATS = ["csv", "xlsx", "duckdb"] as const;
export type PublicFormat = (typeof PUBLIC_FORMATS)[number];

/** Headings of an edition; what is suppressed stands as `*` in all its numbers. */
const HEADINGS = [
  ...["期间", "险种", "就医类型", "维度", "取值", "人次", "人数", "住院床日"],
  ...["医疗费总额(元)", "政策范围内费用(元)", "统筹支付(元)", "报销金额(元)", "基金支出(元)"],
  ...["次均费用(元)", "实际报销比例(%)", "政策范围内报销比例(%)"],
];
const TEXTS = 5;
const HIDDEN = "*";

/** The rows of an edition as a table, ratios of published rows among them. */
export function editionTable(edition: Edition, names: Vocabulary): string[][] {
  const rows = edition.rows.map(({ insurance, care, dimension, value, numbers }) => {
    const label = (place: Dimension | "insurance", v: string): string => names.label(place, v);
    const texts = [
      edition.period,
      label("insurance", insurance),
      care === null ? "合计" : label("care", care),
      dimension === null ? "" : DIMENSION_ZH[dimension as keyof typeof DIMENSION_ZH],
      dimension === null || value === null ? "合计" : label(dimension as Dimension, value),
    ];
    if (numbers === null) return [...texts, ...HEADINGS.slice(TEXTS).map(() => HIDDEN)];
    const n = (m: string): string => numbers[m] ?? "";
    return [
      ...texts,
      ...[
        "visits",
        "persons",
        "bed_days",
        "fee",
        "in_scope_fee",
        "pool_paid",
        "reimbursed",
        "benefit_paid",
      ].map(n),
      quotient(n("fee"), n("visits"), 1),
      quotient(n("reimbursed"), n("fee"), 100),
      quotient(n("reimbursed"), n("in_scope_fee"), 100),
    ];
  });
  return [HEADINGS, ...rows];
}

/** Two decimals, half up; empty over 0. */
function quotient(num: string, den: string, times: number): string {
  const cents = (t: string): bigint => {
    const [whole, part = ""] = t.split(".");
    return BigInt(whole! + part.padEnd(2, "0"));
  };
  if (num === "" || den === "" || cents(den) <= 0n || cents(num) < 0n) return "";
  const scaled = (cents(num) * BigInt(times) * 200n + cents(den)) / (cents(den) * 2n);
  return `${scaled / 100n}.${String(scaled % 100n).padStart(2, "0")}`;
}

/** An edition in a format. */
export async function editionFile(format: PublicFormat, table: readonly string[][]): Promise<Uint8Array> {
  if (format === "csv") return strToU8(csvText(table, "excel"));
  if (format === "duckdb") return duckdbFile(table);
  const data = table.map((row, r) =>
    row.map((text, c): Cell => {
      if (r === 0) return { value: text, fontWeight: "bold", wrap: true } as Cell;
      return c >= TEXTS && /^-?\d+(\.\d+)?$/.test(text)
        ? ({ value: Number(text), type: Number, format: text.includes(".") ? "0.00" : "0" } as Cell)
        : neutralText(text);
    }),
  );
  const columns = table[0]!.map((_, c) => ({ width: c < TEXTS ? 18 : 14 }));
  const bytes = await writeXlsxFile([{ sheet: "公开数据", data, columns, stickyRowsCount: 1 }], {
    fontFamily: "宋体",
    fontSize: 10,
  }).toBuffer();
  return zip(unzip(new Uint8Array(bytes)));
}

async function duckdbFile(table: readonly string[][]): Promise<Uint8Array> {
  const { writeTextTable } = await import("../../../connectors/duckdb/text-table.js");
  const folder = mkdtempSync(join(tmpdir(), "fundpulse-public-"));
  try {
    const file = join(folder, "public.duckdb");
    await writeTextTable(file, "公开数据", table, TEXTS);
    return new Uint8Array(readFileSync(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
