import { FORMULAS, type Formula, type Interval, intervalOf } from "./formulas.js";
import type { Demand } from "./solve.js";
import type { Cell, CellMeasure, CellSums, PrintedTarget, PrintRounding } from "./targets.js";

/** Turns printed figures and what bills need into linear demands on the sums still to be chosen. */
export class DemandBuilder {
  readonly demands: Demand[] = [];

  constructor(
    readonly cells: readonly Cell[],
    readonly known: readonly CellSums[],
    readonly index: ReadonlyMap<string, number>,
    readonly prior: readonly number[],
    /** All that is to be chosen was drafted before. */
    readonly drafted: boolean,
    /** What is chosen now is a draft: differences of ratios can wait. */
    readonly draft: boolean,
    readonly isKnown: (measure: CellMeasure) => boolean,
  ) {}

  target(target: PrintedTarget, ratios: PrintRounding): void {
    const [name, where, cur, prev, delta, growth, over] = target;
    const f = FORMULAS[name];
    const ratio = f.bottom !== undefined && name !== "avg_fee";
    const values = (text: string): Interval => {
      if (ratio || ratios === "half-up") return intervalOf(text, ratio ? ratios : "half-up");
      // Whether that bureau cuts off amounts too, its notice does not tell: they print alike either way.
      return { lo: intervalOf(text, "cut-off").lo, hi: intervalOf(text, "half-up").hi };
    };
    const label = `${name} ${where}`;
    for (const [year, text] of [
      [0, cur],
      [1, prev],
    ] as const) {
      if (text) this.#figure(f, where, over ?? where, year, values(text), `${label} ${text}`);
    }
    if (delta) this.#change(f, where, 1, intervalOf(delta, "half-up"), `${label} by ${delta}`);
    if (growth) {
      const g = intervalOf(growth, "half-up");
      // cur - prev * (1 + g) has the sign of the distance to each end of the interval.
      const width = (g.hi - g.lo) / 100;
      this.#change(f, where, 1 + g.lo / 100, { lo: 0, hi: Infinity }, `${label} growth ${growth}`, width);
      this.#change(f, where, 1 + g.hi / 100, { lo: -Infinity, hi: 0 }, `${label} growth ${growth}`, width);
    }
  }

  #figure(f: Formula, where: string, whole: string, year: 0 | 1, range: Interval, name: string): void {
    if (!f.bottom) {
      this.#push([this.#sum(f.top, where, year, f.scale)], range, name);
      return;
    }
    const top = this.#sum(f.top, where, year, f.scale);
    const low = this.#sum(f.bottom, whole, year, -range.lo);
    const high = this.#sum(f.bottom, whole, year, -range.hi);
    if (top === null || low === null || high === null) return;
    if (low.coefs.size === 0) {
      const bottom = -low.constant / range.lo;
      if (bottom > 0) this.#push([top], { lo: range.lo * bottom, hi: range.hi * bottom }, name);
      return;
    }
    const width = ((range.hi - range.lo) * -this.#guess(low)) / range.lo;
    this.#push([top, low], { lo: 0, hi: Infinity }, name, width);
    this.#push([top, high], { lo: -Infinity, hi: 0 }, name, width);
  }

  /** lo <= (this year's figure) - factor * (last year's) <= hi. Over what is not yet known: near the draft. */
  #change(f: Formula, where: string, factor: number, range: Interval, name: string, growth?: number): void {
    const parts: (Linear | null)[] = [];
    let width: number | undefined;
    for (const year of [0, 1] as const) {
      const scale = year === 0 ? f.scale : -factor * f.scale;
      let part: Linear | null = this.#sum(f.top, where, year, f.bottom ? 1 : scale);
      if (part === null) return;
      if (f.bottom) {
        const bottom = this.#sum(f.bottom, where, year, 1);
        if (bottom === null || this.draft || (bottom.coefs.size > 0 && !this.drafted)) return;
        const over = this.#guess(bottom);
        if (over <= 0) return;
        const ratio = this.#guess(part) / over;
        parts.push(scaled(part, scale / over), scaled(bottom, (-scale * ratio) / over), {
          coefs: new Map(),
          constant: scale * ratio,
        });
        part = scaled(part, scale / over);
      } else parts.push(part);
      if (year === 1 && growth !== undefined) width = (growth * -this.#guess(part)) / factor;
    }
    this.#push(parts, range, name, width);
  }

  /** Every amount is at least 0; parts stay within their whole, so that bills can be made of them. */
  limits(stage: readonly CellMeasure[]): void {
    const parts: readonly Term[] = [
      ["pool", 1],
      ["critical", 1],
      ["large", 1],
      ["aid", 1],
    ];
    for (let c = 0; c < this.cells.length; c++) {
      for (const m of stage) this.#limit(c, [[m, 1]], this.#least(m, c));
      this.#limit(
        c,
        [
          ["visits", 1],
          ["heads", -1],
        ],
        0,
      );
      for (const whole of ["visits", "aid"] as const) {
        this.#limit(
          c,
          [
            [whole, 1],
            ["aid_visits", -1],
          ],
          0,
        );
      }
      if (this.cells[c].prior.bed_days > 0)
        this.#limit(
          c,
          [
            ["bed_days", 1],
            ["visits", -1],
          ],
          0,
        );
      this.#limit(
        c,
        [
          ["fee", 1],
          ["visits", -100],
        ],
        0,
      );
      this.#limit(
        c,
        [
          ["fee", 0.995],
          ["in_scope", -1],
        ],
        0,
      );
      this.#limit(c, [["in_scope", 1], ...parts.map(([m, k]): Term => [m, -k])], 0);
      this.#limit(c, [["fee", 1], ["account", -1], ...parts.map(([m, k]): Term => [m, -k])], 0);
    }
  }

  #least(m: CellMeasure, c: number): number {
    if (m === "aid_visits") return Math.min(1, this.known[c].aid);
    return m === "visits" || m === "heads" ? 1 : 0;
  }

  /** The sum of the terms of a cell is at least `lo`, where something in it is still to be chosen. */
  #limit(c: number, terms: readonly Term[], lo: number): void {
    const vars: number[] = [];
    const coefs: number[] = [];
    let constant = 0;
    for (const [m, k] of terms) {
      if (this.cells[c].prior[m] === 0) continue;
      const j = this.index.get(`${m} ${c}`);
      if (j !== undefined) {
        vars.push(j);
        coefs.push(k);
      } else if (this.isKnown(m)) constant += k * this.known[c][m];
      else return;
    }
    if (vars.length === 0) return;
    this.demands.push({
      vars,
      coefs,
      // Integers all: a quarter less changes nothing and leaves room for the search.
      lo: lo - constant - 0.25,
      hi: Infinity,
      width: 0.5,
      name: `${terms.map(([m]) => m).join(", ")} of ${[...this.cells[c].tokens].join(" ")}`,
    });
  }

  /** scale × sum of measures over the matching cells; null when one of them is neither known nor chosen now. */
  #sum(measures: readonly CellMeasure[], where: string, year: 0 | 1, scale: number): Linear | null {
    const coefs = new Map<number, number>();
    let constant = 0;
    const tokens = where.split(" ").filter(Boolean);
    for (const m of measures) {
      for (let c = 0; c < this.cells.length; c++) {
        const cell = this.cells[c];
        if (cell.year !== year || !tokens.every((t) => cell.tokens.has(t))) continue;
        const j = this.index.get(`${m} ${c}`);
        if (j !== undefined) coefs.set(j, (coefs.get(j) ?? 0) + scale);
        else if (this.isKnown(m)) constant += scale * this.known[c][m];
        else return null;
      }
    }
    return { coefs, constant };
  }

  /** Its value at the prior. */
  #guess(part: Linear): number {
    let sum = part.constant;
    for (const [j, k] of part.coefs) sum += k * this.prior[j];
    return sum;
  }

  #push(parts: readonly (Linear | null)[], range: Interval, name: string, width?: number): void {
    const coefs = new Map<number, number>();
    let constant = 0;
    for (const part of parts) {
      if (part === null) return;
      constant += part.constant;
      for (const [j, k] of part.coefs) coefs.set(j, (coefs.get(j) ?? 0) + k);
    }
    if (coefs.size === 0) return;
    const vars = [...coefs.keys()];
    // The upper end belongs to the next printed figure: stay a little below it.
    const below = 1e-4 * (width ?? range.hi - range.lo);
    this.demands.push({
      vars,
      coefs: vars.map((j) => coefs.get(j)!),
      lo: range.lo - constant,
      hi: range.hi - constant - below,
      width,
      name,
    });
  }
}

type Term = readonly [CellMeasure, number];

function scaled(part: Linear, by: number): Linear {
  return { coefs: new Map([...part.coefs].map(([j, k]) => [j, k * by])), constant: part.constant * by };
}

interface Linear {
  readonly coefs: ReadonlyMap<number, number>;
  readonly constant: number;
}
