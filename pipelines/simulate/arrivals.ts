import type { Bills } from "./bills.js";
import type { ProfileCategory, ProfileFacility } from "./profile.js";
import type { Random } from "./random.js";
import type { Cell } from "./targets.js";

export const MS_PER_HOUR = 3_600_000;
export const MS_PER_DAY = 24 * MS_PER_HOUR;

/** Shares of the bills that arrive with some of the noise of real life, all of which nets out. */
const NOISE = {
  refunded: 0.006,
  corrected: 0.006,
  repeated: 0.006,
  late: 0.01,
  midStay: 0.01,
  voided: 0.001,
  held: 0.0003,
  bad: 0.0004,
  inbound: 0.004,
} as const;

/** What arrives of a bill: one record each. */
export const Act = {
  Plain: 0,
  Original: 1,
  Refund: 2,
  Again: 3,
  Wrong: 4,
  Right: 5,
  MidStay: 6,
  Final: 7,
  Void: 8,
  VoidOff: 9,
  Held: 10,
  Bad: 11,
  Inbound: 12,
} as const;
export type Act = (typeof Act)[keyof typeof Act];

/** Everything needed to write one bill down. */
export interface Plan {
  readonly cell: Cell;
  readonly bills: Bills;
  readonly category: ProfileCategory;
  readonly facilities: readonly ProfileFacility[];
  readonly persons: Int32Array;
  /** Number of its first bill among all. */
  readonly first: number;
}

/** Which bill arrives when, and as what. Has room for the noise of the given number of bills. */
export class Timeline {
  bill: Int32Array;
  act: Uint8Array;
  time: Float64Array;
  length = 0;

  constructor(bills: number) {
    const room = Math.ceil(bills * 1.2) + 1000;
    this.bill = new Int32Array(room);
    this.act = new Uint8Array(room);
    this.time = new Float64Array(room);
  }

  add(bill: number, act: Act, time: number): void {
    this.bill[this.length] = bill;
    this.act[this.length] = act;
    this.time[this.length++] = time;
  }

  sorted(): Int32Array {
    const { time } = this;
    return Int32Array.from({ length: this.length }, (_, i) => i).sort((a, b) => time[a] - time[b] || a - b);
  }
}

/** Puts on the timeline what arrives of bill `b`, settled at `at`: the bill, and now and then some noise. */
export function arrivals(timeline: Timeline, b: number, at: number, plan: Plan, random: Random): void {
  let draw = random.next();
  const drawn = (share: number): boolean => {
    draw -= share;
    return draw < 0;
  };
  const local = plan.cell.tokens.has("county");
  if (drawn(NOISE.refunded)) {
    timeline.add(b, Act.Original, at);
    timeline.add(b, Act.Refund, at + MS_PER_HOUR);
    timeline.add(b, Act.Again, at + 2 * MS_PER_HOUR);
  } else if (drawn(NOISE.corrected)) {
    const corrected = at + (1 + random.below(10)) * MS_PER_DAY;
    const disordered = random.chance(0.3);
    timeline.add(b, Act.Wrong, disordered ? corrected + MS_PER_HOUR : at);
    timeline.add(b, Act.Right, corrected);
  } else if (drawn(NOISE.repeated)) {
    timeline.add(b, Act.Plain, at);
    timeline.add(b, Act.Plain, at + (1 + random.below(48)) * MS_PER_HOUR);
  } else if (drawn(NOISE.late)) {
    timeline.add(b, Act.Plain, at + (20 + random.below(50)) * MS_PER_DAY);
  } else if (drawn(NOISE.midStay) && mayBeParted(plan, b - plan.first)) {
    timeline.add(b, Act.MidStay, at - MS_PER_HOUR);
    timeline.add(b, Act.Final, at);
  } else timeline.add(b, Act.Plain, at);
  draw = random.next();
  if (drawn(NOISE.voided)) {
    timeline.add(b, Act.Void, at + MS_PER_HOUR);
    timeline.add(b, Act.VoidOff, at + MS_PER_DAY);
  } else if (drawn(NOISE.held)) timeline.add(b, Act.Held, at + MS_PER_HOUR);
  else if (drawn(NOISE.bad)) timeline.add(b, Act.Bad, at + MS_PER_HOUR);
  else if (local && drawn(NOISE.inbound)) timeline.add(b, Act.Inbound, at + MS_PER_HOUR);
}

/** Only stays that no second fund takes part in, so that visits with such a fund stay countable. */
function mayBeParted({ cell, bills }: Plan, k: number): boolean {
  return cell.prior.bed_days > 0 && bills.critical[k] + bills.large[k] + bills.aid[k] === 0;
}
