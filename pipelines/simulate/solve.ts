/** One linear demand: `lo` <= sum of `coefs[k] * x[vars[k]]` <= `hi`. Either bound may be infinite. */
export interface Demand {
  readonly vars: readonly number[];
  readonly coefs: readonly number[];
  readonly lo: number;
  readonly hi: number;
  /** Width that the margin is taken from, where one bound is infinite; default hi - lo, or none. */
  readonly width?: number;
  readonly name: string;
}

/** Sweeps before the margins of the demands still broken are narrowed. */
const SWEEPS = 300;
const PATIENCE = 72;
const FIRST_MARGIN = 0.25;
const NARROWER = 0.7;
const NEAR = 0.03;

/**
 * Integers near the prior that satisfy every demand. Works by projecting the prior onto one demand after
 * the other, each inside a margin that shrinks only where demands press on each other; then rounds one
 * variable at a time, small ones first, and lets the larger ones make up for it. A variable moves in
 * proportion to its prior: one with prior 0 stays 0. Deterministic.
 * Throws when no such integers are found, naming the demand that stays broken.
 */
export function solveIntegers(prior: ArrayLike<number>, demands: readonly Demand[]): Float64Array {
  const search = new Search(prior, demands.map(tightened));
  const broken = search.approach() ?? search.roundAll();
  if (broken !== null) {
    throw new Error(
      `the printed figures admit no integers that the search can find; still broken: ${broken}`,
    );
  }
  return search.x;
}

/** A whole sum of integers is a whole number: real ones are held close to it, so that they round to it. */
function tightened(row: Demand): Demand {
  if (!row.coefs.every(Number.isInteger)) return row;
  return { ...row, lo: Math.ceil(row.lo) - NEAR, hi: Math.floor(row.hi) + NEAR, width: row.width && NEAR };
}

/** A draft for `solveIntegers`: real numbers as near to satisfying every demand as the search comes. */
export function nearPoint(prior: ArrayLike<number>, demands: readonly Demand[]): Float64Array {
  const search = new Search(prior, demands);
  search.approach();
  return search.x;
}

class Search {
  readonly x: Float64Array;
  /** How far a variable moves compared with others; 0 once it is fixed. */
  readonly #weight: Float64Array;
  readonly #margin: Float64Array;
  /** Margin of each demand that survives the rounding of its variables. */
  readonly #roundingMargin: Float64Array;
  readonly #touching: number[][];
  readonly #flat: FlatRows;

  constructor(
    readonly prior: ArrayLike<number>,
    readonly rows: readonly Demand[],
  ) {
    this.x = Float64Array.from(prior);
    this.#weight = Float64Array.from(prior, (p) => Math.abs(p));
    this.#margin = new Float64Array(rows.length).fill(FIRST_MARGIN);
    this.#roundingMargin = Float64Array.from(rows, (row) => {
      const width = row.width ?? row.hi - row.lo;
      return Number.isFinite(width) ? Math.min(0.2, (0.6 * Math.hypot(...row.coefs)) / width) : 0;
    });
    this.#flat = flatten(rows);
    this.#touching = Array.from(prior, () => []);
    for (const [i, row] of rows.entries()) for (const v of row.vars) this.#touching[v].push(i);
  }

  /** Finds a point with room on all sides. Null when found, else the name of a demand that stays broken. */
  approach(): string | null {
    for (let round = 0; round < PATIENCE; round++) {
      if (this.#project(1, SWEEPS) === null) return null;
      const floor = 0.1 * 0.5 ** Math.floor(round / 8);
      const scarce = round < PATIENCE / 2 ? 1 : 0.5;
      for (let i = 0; i < this.rows.length; i++) {
        if (this.#holds(i, 1)) continue;
        this.#margin[i] = Math.max(floor, scarce * this.#roundingMargin[i], this.#margin[i] * NARROWER);
      }
    }
    return this.#project(0, SWEEPS);
  }

  roundAll(): string | null {
    const real = this.x.slice();
    for (let j = 0; j < real.length; j++) this.x[j] = Math.round(real[j]);
    if (this.#repair()) return null;
    this.x.set(real);
    return this.#roundOneByOne();
  }

  /** Mends what rounding broke by steps of one, each the best for all demands that it touches. */
  #repair(): boolean {
    const { rows, x } = this;
    for (let step = 0; step < 20_000; step++) {
      const i = rows.findIndex((_, k) => !this.#holds(k, 0));
      if (i < 0) return true;
      let best = 0;
      let bestVar = -1;
      let bestStep = 0;
      for (const j of rows[i].vars) {
        const before = this.#brokenness(j);
        for (const by of [-1, 1, -3, 3, -10, 10]) {
          x[j] += by;
          const gain = before - this.#brokenness(j);
          x[j] -= by;
          if (gain > best) [best, bestVar, bestStep] = [gain, j, by];
        }
      }
      if (bestVar < 0) return false;
      x[bestVar] += bestStep;
    }
    return false;
  }

  #brokenness(j: number): number {
    let sum = 0;
    for (const i of this.#touching[j]) {
      const row = this.rows[i];
      const v = this.#value(row);
      const by = Math.max(0, row.lo - v, v - row.hi);
      if (by > 0) sum += by / Math.hypot(...row.coefs);
    }
    return sum;
  }

  /** For counts, where whole numbers lie far apart: fixes small ones first and lets the others follow. */
  #roundOneByOne(): string | null {
    const { x, prior } = this;
    const order = Array.from(x.keys()).sort((a, b) => prior[a] - prior[b]);
    for (const [done, j] of order.entries()) {
      const share = (0.9 * (order.length - done - 1)) / order.length;
      const exact = x[j];
      const near = Math.round(exact);
      this.#weight[j] = 0;
      x[j] = near;
      if (this.#touching[j].every((i) => this.#holds(i, share))) continue;
      const saved = x.slice();
      const other = near > exact ? near - 1 : near + 1;
      let failed: string | null = null;
      for (const [choice, part] of [
        [near, share],
        [other, share],
        [near, share / 3],
        [other, share / 3],
        [near, 0],
        [other, 0],
      ]) {
        x.set(saved);
        x[j] = choice;
        failed = this.#project(part, 1_000);
        if (failed === null) break;
      }
      if (failed !== null) return failed;
    }
    return this.#project(0, 1);
  }

  #value(row: Demand): number {
    let sum = 0;
    for (let k = 0; k < row.vars.length; k++) sum += row.coefs[k] * this.x[row.vars[k]];
    return sum;
  }

  /** Room that row i keeps from its bounds, in its own unit. */
  #room(i: number, share: number): number {
    const row = this.rows[i];
    const width = row.width ?? row.hi - row.lo;
    return Number.isFinite(width) ? width * this.#margin[i] * share : 0;
  }

  #holds(i: number, share: number): boolean {
    const room = this.#room(i, share);
    const v = this.#value(this.rows[i]);
    return v >= this.rows[i].lo + room && v <= this.rows[i].hi - room;
  }

  /** Null when all demands hold with that share of their margin, else the name of one that does not. */
  #project(share: number, sweeps: number): string | null {
    const { rows, x } = this;
    const weight = this.#weight;
    const { start, vars, coefs } = this.#flat;
    const norms = Float64Array.from(rows, (row) =>
      row.vars.reduce((sum, v, k) => sum + row.coefs[k] ** 2 * weight[v], 0),
    );
    const lows = Float64Array.from(rows, (row, i) => row.lo + this.#room(i, share));
    const highs = Float64Array.from(rows, (row, i) => row.hi - this.#room(i, share));
    // A little beyond the edge, so that a demand is met and not only approached.
    const extras = Float64Array.from(rows, (row, i) => {
      const width = highs[i] - lows[i];
      return Number.isFinite(width) ? width * 0.05 : (row.width ?? 0) * 0.001;
    });
    let broken = -1;
    for (let sweep = 0; sweep < sweeps; sweep++) {
      broken = -1;
      for (let i = 0; i < norms.length; i++) {
        const end = start[i + 1];
        let v = 0;
        for (let k = start[i]; k < end; k++) v += coefs[k] * x[vars[k]];
        if (v >= lows[i] && v <= highs[i]) continue;
        if (norms[i] === 0) {
          if (v >= rows[i].lo && v <= rows[i].hi) continue;
          return rows[i].name;
        }
        broken = i;
        const step = (v < lows[i] ? lows[i] + extras[i] - v : highs[i] - extras[i] - v) / norms[i];
        for (let k = start[i]; k < end; k++) x[vars[k]] += step * coefs[k] * weight[vars[k]];
      }
      if (broken < 0) return null;
    }
    return rows[broken].name;
  }
}

/** The demands in flat arrays: the sweeps read them some hundred thousand times. */
interface FlatRows {
  readonly start: Int32Array;
  readonly vars: Int32Array;
  readonly coefs: Float64Array;
}

function flatten(rows: readonly Demand[]): FlatRows {
  const start = new Int32Array(rows.length + 1);
  for (const [i, row] of rows.entries()) start[i + 1] = start[i] + row.vars.length;
  return {
    start,
    vars: Int32Array.from(rows.flatMap((row) => row.vars)),
    coefs: Float64Array.from(rows.flatMap((row) => row.coefs)),
  };
}
