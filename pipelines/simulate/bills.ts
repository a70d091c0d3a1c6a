import type { Random } from "./random.js";
import { split, splitCapped } from "./split.js";
import type { Cell, CellSums } from "./targets.js";

/** The bills of one cell, a column a measure; row i is one visit. Integers: fen, days, person numbers. */
export interface Bills {
  readonly fee: Float64Array;
  readonly inScope: Float64Array;
  readonly pool: Float64Array;
  readonly critical: Float64Array;
  readonly large: Float64Array;
  readonly aid: Float64Array;
  readonly account: Float64Array;
  readonly days: Float64Array;
  /** 0 .. heads-1 within the cell; every one of them occurs. */
  readonly head: Int32Array;
}

/**
 * Bills that add up to the sums of a cell exactly, with skewed fees and stays; within each bill
 * pool + critical + large + aid <= in scope <= fee, so that the identities can hold.
 */
export function billsOf(cell: Cell, sums: CellSums, random: Random): Bills {
  const n = sums.visits;
  const size = Float64Array.from({ length: n }, () => random.skewed(0.45));
  const fee = split(sums.fee, size, 100);
  const days = sums.bed_days > 0 ? split(sums.bed_days, size, 1) : new Float64Array(n);
  // How far single bills may stray from the cell's rate before the caps bite.
  const rate = sums.in_scope / sums.fee;
  const stray = 0.8 * ((1 - rate) / (1 + rate));
  const inScope = splitCapped(
    sums.in_scope,
    fee.map((f) => f * (1 + stray * (2 * random.next() - 1))),
    fee,
  );
  const room = inScope.slice();
  const aid = forSome(sums.aid, chosen(n, sums.aid_visits, random), room);
  const allCritical = cell.tokens.has("with_critical") || cell.tokens.has("with_large");
  const critical = forLargest(sums.critical, room, allCritical);
  const large = forLargest(sums.large, room, allCritical);
  const pool = splitCapped(
    sums.pool,
    room.map((r) => r * (0.9 + 0.1 * random.next())),
    room,
  );
  const left = fee.map((f, i) => f - pool[i] - critical[i] - large[i] - aid[i]);
  const account = splitCapped(sums.account, left, left);
  return { fee, inScope, pool, critical, large, aid, account, days, head: heads(n, sums.heads, random) };
}

/** k of the rows 0 .. n-1. */
function chosen(n: number, k: number, random: Random): Int32Array {
  const rows = new Int32Array(k);
  let taken = 0;
  for (let i = 0; i < n && taken < k; i++) {
    if (random.next() * (n - i) < k - taken) rows[taken++] = i;
  }
  return rows;
}

/** Gives the total to the rows, at least one fen each, and takes it from their room. */
function forSome(total: number, rows: Int32Array, room: Float64Array): Float64Array {
  const out = new Float64Array(room.length);
  if (total === 0 || rows.length === 0) return out;
  const caps = Float64Array.from(rows, (i) => room[i] - 1);
  const parts = splitCapped(total - rows.length, caps, caps);
  for (const [k, i] of rows.entries()) {
    out[i] = parts[k] + 1;
    room[i] -= out[i];
  }
  return out;
}

/** Gives the total to the rows with most room, as many as are needed to keep it below 60 % of theirs. */
function forLargest(total: number, room: Float64Array, all: boolean): Float64Array {
  if (total === 0) return new Float64Array(room.length);
  const order = Int32Array.from(room.keys()).sort((a, b) => room[b] - room[a]);
  let capacity = 0;
  let count = 0;
  while (count < order.length && (all || capacity < total) && total > count) {
    capacity += Math.floor(room[order[count]] * 0.6);
    count++;
  }
  return forSome(total, order.subarray(0, count), room);
}

function heads(n: number, count: number, random: Random): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => (i < count ? i : random.below(count)));
}
