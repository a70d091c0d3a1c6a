import { PERIODS_PER_YEAR } from "../calendar.js";
import { GroupSlots, type PersonGroups } from "./group-slots.js";
import { copyInto, grow } from "./growing.js";
import { MONTHS, PERIODS_HOLDING, periodsAboveZero } from "./year-periods.js";

/** Distinct persons of one period by group. */
export interface PeriodCounts {
  readonly groupIds: Int32Array;
  readonly counts: Float64Array;
}

/**
 * Exact distinct persons of one calendar year, for every period of it at once.
 *
 * Rows (person, month, tuple, weight) are only ever appended, retractions as negative weights, and chained
 * by person. `count` walks the rows of each person touched since the last call: what was there before and what
 * is there now tell in which of the 31 periods the person enters or leaves a group ("weights summed over the
 * whole period exceed 0", docs/specification.md#persons). Of a person without a refund or retraction the
 * months suffice; else the twelve monthly weights are summed. Cost: proportional to the rows of touched
 * persons, not to the year. Size: about 13 bytes a row.
 */
export class PersonYear {
  #head = new Int32Array(1024);
  #next = new Int32Array(1024);
  #tuple = new Int32Array(1024);
  #weight = new Int8Array(1024);
  #month = new Uint8Array(1024);
  #rows = 0;
  /** Rows below this are in `#counts`. */
  #counted = 0;
  #touched: number[] = [];
  #isTouched = new Uint8Array(1024);
  readonly #slots: GroupSlots;
  /** By slot: persons of each of the 31 periods. */
  #counts = new Int32Array(64 * PERIODS_PER_YEAR);
  /** By slot: the periods, one a bit, whose count changed since the changes were last taken. */
  #changed = new Int32Array(64);
  #changedSlots: number[] = [];
  // The person at hand: the groups they touch, as slots; by slot the months before and now, or by place in
  // `#touchedSlots` the twelve monthly weights.
  #mark = new Int32Array(64);
  #markedAs = 0;
  #monthsBefore = new Int32Array(64);
  #monthsNow = new Int32Array(64);
  #position = new Int32Array(64);
  #touchedSlots = new Int32Array(256);
  #before = new Int32Array(256 * MONTHS);
  #after = new Int32Array(256 * MONTHS);
  #groupsTouched = 0;

  constructor(
    readonly year: number,
    groups: PersonGroups,
  ) {
    this.#slots = new GroupSlots(groups);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds `weight` of a person in a month (0-11) under a tuple. */
  add(person: number, month: number, tuple: number, weight: number): void {
    if (weight === 0) return;
    if (weight > 127 || weight < -127) {
      const part = Math.sign(weight) * 127;
      this.add(person, month, tuple, part);
      this.add(person, month, tuple, weight - part);
      return;
    }
    const row = this.#rows++;
    if (row >= this.#next.length) this.#growRows();
    if (person >= this.#head.length) this.#growPersons(person);
    this.#next[row] = this.#head[person];
    this.#head[person] = row + 1;
    this.#tuple[row] = tuple;
    this.#weight[row] = weight;
    this.#month[row] = month;
    if (this.#isTouched[person] === 0) {
      this.#isTouched[person] = 1;
      this.#touched.push(person);
    }
  }

  /** Brings the counts up to date. */
  count(): void {
    const slots = this.#slots;
    for (let row = this.#counted; row < this.#rows; row++) slots.know(this.#tuple[row]);
    this.#reserveSlots();
    for (const person of this.#touched) {
      this.#isTouched[person] = 0;
      this.#gather(person);
    }
    this.#touched = [];
    this.#counted = this.#rows;
  }

  #reserveSlots(): void {
    while (this.#counts.length < this.#slots.size * PERIODS_PER_YEAR) this.#counts = grow(this.#counts);
    while (this.#changed.length < this.#slots.size) this.#changed = grow(this.#changed);
    while (this.#mark.length < this.#slots.size) {
      this.#mark = grow(this.#mark);
      this.#monthsBefore = grow(this.#monthsBefore);
      this.#monthsNow = grow(this.#monthsNow);
      this.#position = grow(this.#position);
    }
  }

  /** Counts one touched person anew. */
  #gather(person: number): void {
    const { insurance } = this.#slots;
    const first = insurance[this.#tuple[this.#head[person] - 1]];
    // A person of one insurance enters and leaves `all` exactly as the insurance's own group.
    let mixed = false;
    let lessened = false;
    for (let link = this.#head[person]; link !== 0; link = this.#next[link - 1]) {
      if (insurance[this.#tuple[link - 1]] !== first) mixed = true;
      if (this.#weight[link - 1] < 0) lessened = true;
    }
    this.#markedAs++;
    this.#groupsTouched = 0;
    if (lessened) this.#gatherWeights(person, mixed);
    else this.#gatherMonths(person, mixed);
  }

  /** A person whose every row has a weight above 0: there wherever a row is. */
  #gatherMonths(person: number, mixed: boolean): void {
    const { start, length, flat, all } = this.#slots;
    // The newest rows come first, so that groups which only older rows touch are known to stay as they were.
    for (let link = this.#head[person]; link !== 0; link = this.#next[link - 1]) {
      const row = link - 1;
      const fresh = row >= this.#counted;
      const month = 1 << this.#month[row];
      const tuple = this.#tuple[row];
      const end = start[tuple] + length[tuple];
      for (let g = start[tuple]; g < end; g++) {
        this.#enter(flat[g], month, fresh);
        if (mixed) this.#enter(all[flat[g]], month, fresh);
      }
    }
    for (let i = 0; i < this.#groupsTouched; i++) {
      const slot = this.#touchedSlots[i];
      const before = PERIODS_HOLDING[this.#monthsBefore[slot]];
      this.#apply(slot, before, PERIODS_HOLDING[this.#monthsNow[slot]], mixed);
    }
  }

  /** Notes a month of the person in a group that fresh rows touch. */
  #enter(slot: number, month: number, fresh: boolean): void {
    if (this.#mark[slot] !== this.#markedAs) {
      if (!fresh) return;
      this.#touch(slot);
      this.#monthsBefore[slot] = 0;
      this.#monthsNow[slot] = 0;
    }
    this.#monthsNow[slot] |= month;
    if (!fresh) this.#monthsBefore[slot] |= month;
  }

  /** Any person: the twelve monthly weights of each of their groups. */
  #gatherWeights(person: number, mixed: boolean): void {
    const { start, length, flat, all } = this.#slots;
    for (let link = this.#head[person]; link !== 0; link = this.#next[link - 1]) {
      const row = link - 1;
      const tuple = this.#tuple[row];
      const end = start[tuple] + length[tuple];
      for (let g = start[tuple]; g < end; g++) {
        this.#weigh(flat[g], row);
        if (mixed) this.#weigh(all[flat[g]], row);
      }
    }
    for (let i = 0; i < this.#groupsTouched; i++) {
      const base = i * MONTHS;
      this.#apply(
        this.#touchedSlots[i],
        periodsAboveZero(this.#before, base),
        periodsAboveZero(this.#after, base),
        mixed,
      );
    }
  }

  /** Lists a group of the person at hand, and returns its place in the list. */
  #touch(slot: number): number {
    const position = this.#groupsTouched++;
    this.#mark[slot] = this.#markedAs;
    this.#position[slot] = position;
    if (position === this.#touchedSlots.length) {
      this.#touchedSlots = grow(this.#touchedSlots);
      this.#before = grow(this.#before);
      this.#after = grow(this.#after);
    }
    this.#touchedSlots[position] = slot;
    return position;
  }

  /** Adds a row's weight to the person's months in one group. */
  #weigh(slot: number, row: number): void {
    if (this.#mark[slot] !== this.#markedAs) {
      const base = this.#touch(slot) * MONTHS;
      this.#before.fill(0, base, base + MONTHS);
      this.#after.fill(0, base, base + MONTHS);
    }
    const at = this.#position[slot] * MONTHS + this.#month[row];
    this.#after[at] += this.#weight[row];
    if (row < this.#counted) this.#before[at] += this.#weight[row];
  }

  /** Counts the person in and out of a group's periods, one a bit; unless `mixed`, also over all insurances. */
  #apply(slot: number, before: number, now: number, mixed: boolean): void {
    const flips = before ^ now;
    if (flips === 0) return;
    this.#flip(slot, flips, now);
    if (!mixed) this.#flip(this.#slots.all[slot], flips, now);
  }

  #flip(slot: number, flips: number, now: number): void {
    const base = slot * PERIODS_PER_YEAR;
    for (let rest = flips; rest !== 0; rest &= rest - 1) {
      const period = 31 - Math.clz32(rest & -rest);
      this.#counts[base + period] += (now >> period) & 1 ? 1 : -1;
    }
    if (this.#changed[slot] === 0) this.#changedSlots.push(slot);
    this.#changed[slot] |= flips;
  }

  /**
   * Groups whose count changed since this was last called, by period: their present counts, 0 included.
   * Call after `count`.
   */
  takeChanges(): PeriodCounts[] {
    const found = Array.from({ length: PERIODS_PER_YEAR }, () => ({
      groupIds: [] as number[],
      counts: [] as number[],
    }));
    for (const slot of this.#changedSlots) {
      for (let p = 0; p < PERIODS_PER_YEAR; p++) {
        if ((this.#changed[slot] & (1 << p)) === 0) continue;
        found[p].groupIds.push(this.#slots.groupIds[slot]);
        found[p].counts.push(this.#counts[slot * PERIODS_PER_YEAR + p]);
      }
      this.#changed[slot] = 0;
    }
    this.#changedSlots = [];
    return found.map(({ groupIds, counts }) => ({
      groupIds: Int32Array.from(groupIds),
      counts: Float64Array.from(counts),
    }));
  }

  /** Persons by group in one period (index as in `periodsOfYear`), only where there are any. Call after `count`. */
  of(period: number): PeriodCounts {
    const groupIds: number[] = [];
    const counts: number[] = [];
    for (let slot = 0; slot < this.#slots.size; slot++) {
      const n = this.#counts[slot * PERIODS_PER_YEAR + period];
      if (n !== 0) {
        groupIds.push(this.#slots.groupIds[slot]);
        counts.push(n);
      }
    }
    return { groupIds: Int32Array.from(groupIds), counts: Float64Array.from(counts) };
  }

  /** Net rows of the given months (0-11) as (person, tuple, weight) triples ascending by person, for a checkpoint. */
  netRows(months: ReadonlySet<number>): Map<number, Int32Array> {
    const triples = new Map([...months].map((m) => [m, [] as number[]]));
    const sums = new Map<number, number>();
    for (let person = 0; person < this.#head.length; person++) {
      if (this.#head[person] === 0) continue;
      sums.clear();
      for (let link = this.#head[person]; link !== 0; link = this.#next[link - 1]) {
        const row = link - 1;
        if (!months.has(this.#month[row])) continue;
        const key = this.#tuple[row] * 12 + this.#month[row];
        sums.set(key, (sums.get(key) ?? 0) + this.#weight[row]);
      }
      for (const [key, weight] of sums) {
        if (weight !== 0) triples.get(key % 12)!.push(person, Math.floor(key / 12), weight);
      }
    }
    return new Map([...triples].map(([m, list]) => [m, Int32Array.from(list)]));
  }

  /** The counts as a flat list (group id, then 31 numbers), for a checkpoint. Call after `count`. */
  saveCounts(): Int32Array {
    const { groupIds, size } = this.#slots;
    const saved = new Int32Array(size * (PERIODS_PER_YEAR + 1));
    let at = 0;
    for (let slot = 0; slot < size; slot++) {
      saved[at++] = groupIds[slot];
      const base = slot * PERIODS_PER_YEAR;
      for (let p = 0; p < PERIODS_PER_YEAR; p++) saved[at++] = this.#counts[base + p];
    }
    return saved;
  }

  /** Takes counts of a checkpoint: the rows added so far are the ones they count. */
  loadCounts(saved: Int32Array): void {
    for (let row = 0; row < this.#rows; row++) this.#slots.know(this.#tuple[row]);
    for (let at = 0; at < saved.length; at += PERIODS_PER_YEAR + 1) this.#slots.slot(saved[at]);
    this.#reserveSlots();
    for (let at = 0; at < saved.length; at += PERIODS_PER_YEAR + 1) {
      const base = this.#slots.slot(saved[at]) * PERIODS_PER_YEAR;
      for (let p = 0; p < PERIODS_PER_YEAR; p++) this.#counts[base + p] = saved[at + 1 + p];
    }
    for (const person of this.#touched) this.#isTouched[person] = 0;
    this.#touched = [];
    this.#counted = this.#rows;
  }

  #growRows(): void {
    this.#next = grow(this.#next);
    this.#tuple = grow(this.#tuple);
    this.#weight = grow(this.#weight);
    this.#month = grow(this.#month);
  }

  #growPersons(person: number): void {
    const size = Math.max(person + 1, this.#head.length * 2);
    this.#head = copyInto(new Int32Array(size), this.#head);
    this.#isTouched = copyInto(new Uint8Array(size), this.#isTouched);
  }
}
