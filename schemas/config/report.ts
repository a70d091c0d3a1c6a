import { z } from "zod";
import { CATEGORY_LINES } from "../labels.js";
import { summarySettings } from "./summary.js";

const texts = z.record(z.string(), z.string().min(1)).default({});
const names = (line: keyof typeof CATEGORY_LINES) =>
  z.array(z.string().min(1)).default([...CATEGORY_LINES[line]]);

export const REPORT_FORMATS = ["docx", "xlsx", "html", "md", "pdf"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
const template = z.string().min(1).optional();
const words = (usual: readonly string[]) =>
  z
    .array(z.string().min(1))
    .length(3)
    .default([...usual]);

/** What a bureau prints otherwise in one table; what is absent is as everywhere. */
const tableSettings = z.strictObject({
  /** Column key to printed heading. */
  headings: texts,
  /** Row label to printed label, e.g. 合计 to 总计. */
  labels: texts,
  /** Keys of the columns, in printed order; default all. */
  columns: z.array(z.string().min(1)).optional(),
  totalFirst: z.boolean().optional(),
  /** 小计 after each kind of facility. */
  subtotals: z.boolean().optional(),
  /** Codes or names of facilities that have a row in any case, in printed order; others follow. */
  facilities: z.array(z.string().min(1)).optional(),
  /** Differences without their sign. */
  unsigned: z.boolean().optional(),
  /** Amount that the table's 补偿比 is made of. */
  paid: z.enum(["pool_paid", "reimbursed"]).optional(),
});
export type TableSettings = z.infer<typeof tableSettings>;

/** `report` of the configuration: how printed tables (schema 报表) are written. */
export const reportSettings = z.strictObject({
  rounding: z.enum(["half-up", "cut-off"]).default("half-up"),
  /** A change from base 0: `hundred` prints 100.00 (and 0.00 from 0 to 0), `blank` leaves the cell empty. */
  zeroBase: z.enum(["hundred", "blank"]).default("hundred"),
  /** The bureau's own templates: a Word document or the name of a built-in one, by kind of period. */
  templates: z
    .strictObject({
      month: template,
      quarter: template,
      half: template,
      year: template,
      ytd: template,
    })
    .prefault({}),
  /** Formats that reports are written in when none is asked for. */
  formats: z.array(z.enum(REPORT_FORMATS)).min(1).default(["docx"]),
  /** What a report prints for a figure that does not exist. */
  absent: z.string().default("—"),
  /** Words for more, less and the same, of {增减词 …}, {同比词 …} and {升降词 …}. */
  words: z
    .strictObject({
      change: words(["增加", "减少", "持平"]),
      growth: words(["增长", "下降", "持平"]),
      move: words(["上升", "降低", "持平"]),
    })
    .prefault({}),
  /** Categories that a table covers; an empty list is the whole of inpatient or outpatient care. */
  categories: z
    .strictObject({
      inpatient: names("inpatient"),
      chronic: names("chronic"),
      general: names("general"),
      two: names("two"),
      negotiated: names("negotiated"),
    })
    .prefault({}),
  summary: summarySettings.prefault({}),
  /** Expenses that the books know and no settlement: subject of `fund-entry`, and its line in the structure. */
  booked: z
    .array(z.strictObject({ subject: z.string().min(1), line: z.string().min(1) }))
    .default([{ subject: "allowance", line: "生育津贴" }]),
  /** Row labels of all tables: label to printed label. */
  labels: texts,
  /** By id of the table, as view 报表.目录 lists them. */
  tables: z.record(z.string(), tableSettings).default({}),
});
