import type { PrintedReport, PrintedRow } from "../../../pipelines/audit/wording/report.js";
import type { Bill } from "./bills.js";

/** Bills that a line of a print covers: each field one value or one of several. */
export type Where = Readonly<Partial<Record<keyof Bill, string | readonly string[]>>>;

/** What a line's bills come to; amounts in fen. */
export interface Tally {
  readonly visits: number;
  readonly heads: number;
  readonly days: number;
  readonly fee: number;
  readonly scope: number;
  readonly pool: number;
  readonly critical: number;
  readonly large: number;
  readonly aid: number;
  readonly civil: number;
  readonly account: number;
  readonly criticalVisits: number;
  readonly largeVisits: number;
  readonly aidVisits: number;
  /** pool + critical + large + aid, and that with civil. */
  readonly reimbursed: number;
  readonly fund: number;
}

export function tallyOf(bills: readonly Bill[], year: number, where: Where): Tally {
  const t = {
    ...{ visits: 0, days: 0, fee: 0, scope: 0, pool: 0, critical: 0, large: 0, aid: 0, civil: 0, account: 0 },
    ...{ criticalVisits: 0, largeVisits: 0, aidVisits: 0 },
  };
  const people = new Set<string>();
  for (const b of bills) {
    const met = Object.entries(where).every(([field, wanted]) => {
      const value = String(b[field as keyof Bill]);
      return typeof wanted === "string" ? wanted === value : wanted.includes(value);
    });
    if (b.year !== year || !met) continue;
    people.add(b.person);
    t.visits++;
    t.days += b.days;
    t.fee += b.fee;
    t.scope += b.scope;
    t.pool += b.pool;
    t.critical += b.critical;
    t.large += b.large;
    t.aid += b.aid;
    t.civil += b.civil;
    t.account += b.account;
    if (b.critical > 0) t.criticalVisits++;
    if (b.large > 0) t.largeVisits++;
    if (b.aid > 0) t.aidVisits++;
  }
  const reimbursed = t.pool + t.critical + t.large + t.aid;
  return { ...t, heads: people.size, reimbursed, fund: reimbursed + t.civil };
}

/** How a bureau writes its numbers. */
export class EventWriter {
  constructor(readonly rounding: "half-up" | "cut-off") {}

  /** `num / den` times a power of ten with so many digits behind the point; 0 over 0. */
  quotient(num: number, den: number, digits: number, factor = 1): string {
    if (den === 0) return this.quotient(0, 1, digits);
    const scaled = BigInt(num) * BigInt(factor) * 10n ** BigInt(digits);
    const size = scaled < 0n ? -scaled : scaled;
    const over = BigInt(den);
    const cut = this.rounding === "half-up" ? (2n * size + over) / (2n * over) : size / over;
    const text = String(cut).padStart(digits + 1, "0");
    const written = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
    return scaled < 0n && cut !== 0n ? `-${written}` : written;
  }
  wan(fen: number, digits = 2): string {
    return this.quotient(fen, 1_000_000, digits);
  }
  yuan(fen: number, over: number): string {
    return this.quotient(fen, over * 100, 2);
  }
  percent(num: number, den: number): string {
    return this.quotient(num, den, 2, 100);
  }
  growth(now: number, before: number): string {
    return before === 0 ? (now === 0 ? "0.00" : "100.00") : this.percent(now - before, before);
  }
}

/** A column: key, heading, unit, and the figure of a line's bills of this year and last. */
export interface Column {
  readonly key: string;
  readonly label: string;
  readonly unit: string | null;
  readonly cell: (now: Tally, before: Tally) => string;
}

/** A line: labels by key, the bills it covers, and how it stands in the table. */
export interface Line {
  readonly labels: Readonly<Record<string, string>>;
  readonly where: Where;
  readonly kind: "detail" | "subtotal" | "total";
  /** Columns that it leaves empty. */
  readonly blank: readonly string[];
}

export const line = (
  labels: Line["labels"],
  where: Where,
  kind: Line["kind"] = "detail",
  blank: Line["blank"] = [],
): Line => ({ labels, where, kind, blank });

type Table = PrintedReport["tables"][number];
type Statement = NonNullable<PrintedReport["statements"]>[number];

/** A report as it is printed from bills. */
export class Paper {
  readonly tables: Table[] = [];
  readonly statements: Statement[] = [];

  constructor(
    readonly bills: readonly Bill[],
    readonly year: number,
    readonly writer: EventWriter,
  ) {}

  of(where: Where, year = this.year): Tally {
    return tallyOf(this.bills, year, where);
  }

  /** A table of bills; `heads` are the label columns by key, `all` holds for every line. */
  table(
    id: string,
    title: string,
    insurance: string,
    heads: Readonly<Record<string, string>>,
    columns: readonly Column[],
    all: Where,
    lines: readonly Line[],
  ): void {
    const rows = lines.map(({ labels, where, kind, blank }) => {
      const [now, before] = [this.year, this.year - 1].map((y) => this.of({ ...all, ...where }, y));
      const figures = columns.map((c) => [c.key, blank.includes(c.key) ? null : c.cell(now!, before!)]);
      return { ...labels, ...Object.fromEntries(figures), _kind: kind } as PrintedRow;
    });
    this.given(
      id,
      title,
      insurance,
      { ...heads, ...Object.fromEntries(columns.map((c) => [c.key, [c.label, c.unit ?? ""].join(" ")])) },
      rows,
    );
  }

  /** A table whose rows are written out; `columns` by key: heading and, behind a blank, unit. */
  given(
    id: string,
    title: string,
    insurance: string,
    columns: Readonly<Record<string, string>>,
    rows: readonly PrintedRow[],
  ): void {
    const named = Object.entries(columns).map(([key, text]) => {
      const [label = "", unit = ""] = text.split(" ");
      return { key, label, unit: unit === "" ? null : unit };
    });
    this.tables.push({ id, title, insurance, columns: named, rows });
  }

  say(id: string, values: Statement["values"], more: Partial<Statement> = {}): void {
    this.statements.push({ id, values, ...more });
  }
}

/** The usual columns of bills, as `pen` writes them. */
export function usualColumns(writer: EventWriter, wanDigits = 2) {
  const column = (key: string, label: string, unit: string | null, cell: Column["cell"]): Column => ({
    ...{ key, label, unit, cell },
  });
  const wan = (key: string, label: string, of: (t: Tally) => number): Column =>
    column(key, label, "万元", (t) => writer.wan(of(t), wanDigits));
  return {
    column,
    wan,
    visits: column("visits", "住院人次", "人次", (t) => String(t.visits)),
    times: column("visits", "人次", "人次", (t) => String(t.visits)),
    heads: column("heads", "住院人数", "人", (t) => String(t.heads)),
    fee: wan("fee_total_wan", "总费用(万元)", (t) => t.fee),
    pool: wan("pool_paid_wan", "统筹支付", (t) => t.pool),
    avgFee: column("avg_fee_yuan", "次均费用", "元", (t) => writer.yuan(t.fee, t.visits)),
    growth: column("visits_yoy_pct", "同比(%)", "%", (t, p) => writer.growth(t.visits, p.visits)),
  };
}
