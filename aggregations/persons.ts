import { PERIODS_PER_YEAR } from "./calendar.js";

/** What combos and groups are to the persons; numbers as in ComboTable and GroupTable. */
export interface PersonGroups {
  /** gids (own insurance) of a combo's person groups. */
  readonly groupsOf: (combo: number) => Int32Array;
  readonly insuranceOf: (combo: number) => string;
  /** gid of the same group over all insurances. */
  readonly allOf: (gid: number) => number;
}

/** Distinct persons of one period by group. */
export interface PeriodCounts {
  readonly gids: Int32Array;
  readonly counts: Float64Array;
}

/**
 * Person groups as dense slots: the groups of each combo lie side by side in one flat array, so that walking
 * a person's rows follows no pointers.
 */
class GroupSlots {
  readonly gids: number[] = [];
  /** Slot of the same group over all insurances. */
  readonly all: number[] = [];
  readonly #slotOf = new Map<number, number>();
  /** Where a combo's slots start in `flat`, and its insurance; −1 while the combo is new. */
  start = new Int32Array(1024).fill(-1);
  length = new Int32Array(1024);
  insurance = new Int32Array(1024);
  flat = new Int32Array(4096);
  #used = 0;
  readonly #insurances = new Map<string, number>();

  constructor(private readonly groups: PersonGroups) {}

  get size(): number {
    return this.gids.length;
  }

  slot(gid: number): number {
    let slot = this.#slotOf.get(gid);
    if (slot === undefined) {
      slot = this.gids.length;
      this.#slotOf.set(gid, slot);
      this.gids.push(gid);
      this.all.push(slot);
      const all = this.groups.allOf(gid);
      if (all !== gid) this.all[slot] = this.slot(all);
    }
    return slot;
  }

  /** Makes sure that a combo's slots are in `flat`. */
  know(combo: number): void {
    if (combo < this.start.length && this.start[combo] >= 0) return;
    if (combo >= this.start.length) {
      const size = Math.max(combo + 1, this.start.length * 2);
      this.start = copyInto(new Int32Array(size).fill(-1), this.start);
      this.length = copyInto(new Int32Array(size), this.length);
      this.insurance = copyInto(new Int32Array(size), this.insurance);
    }
    const gids = this.groups.groupsOf(combo);
    while (this.#used + gids.length > this.flat.length) this.flat = grow(this.flat);
    this.start[combo] = this.#used;
    this.length[combo] = gids.length;
    for (const gid of gids) this.flat[this.#used++] = this.slot(gid);
    const name = this.groups.insuranceOf(combo);
    const known = this.#insurances.get(name) ?? this.#insurances.size;
    this.#insurances.set(name, known);
    this.insurance[combo] = known;
  }
}

/**
 * Exact distinct persons of one calendar year, for every period of it at once.
 *
 * Rows (person, month, combo, weight) are only ever appended, retractions as negative weights, and chained
 * by person. `count` walks the rows of each person touched since the last call: the twelve monthly weights
 * before and after tell in which of the 31 periods the person enters or leaves a group ("weights summed
 * over the whole period exceed 0", contract §6). Cost: proportional to the rows of touched persons, not to
 * the year. Size: about 13 bytes a row.
 */
export class PersonYear {
  #head = new Int32Array(1024);
  #next = new Int32Array(1024);
  #combo = new Int32Array(1024);
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
  readonly #change = new Int32Array(PERIODS_PER_YEAR);
  /** By slot: the periods, one a bit, whose count changed since the changes were last taken. */
  #changed = new Int32Array(64);
  #changedSlots: number[] = [];
  // The person at hand: the groups they touch, as slots, and twelve monthly weights of each.
  #mark = new Int32Array(64);
  #markedAs = 0;
  #position = new Int32Array(64);
  #touchedSlots = new Int32Array(256);
  #before = new Int32Array(256 * 12);
  #after = new Int32Array(256 * 12);
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

  /** Adds `weight` of a person in a month (0-11) under a combo. */
  add(person: number, month: number, combo: number, weight: number): void {
    if (weight === 0) return;
    if (weight > 127 || weight < -127) {
      const part = Math.sign(weight) * 127;
      this.add(person, month, combo, part);
      this.add(person, month, combo, weight - part);
      return;
    }
    const row = this.#rows++;
    if (row >= this.#next.length) this.#growRows();
    if (person >= this.#head.length) this.#growPersons(person);
    this.#next[row] = this.#head[person];
    this.#head[person] = row + 1;
    this.#combo[row] = combo;
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
    for (let row = this.#counted; row < this.#rows; row++) slots.know(this.#combo[row]);
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
      this.#position = grow(this.#position);
    }
  }

  /** Counts one touched person anew. */
  #gather(person: number): void {
    const { start, length, insurance, flat, all } = this.#slots;
    const first = insurance[this.#combo[this.#head[person] - 1]];
    // A person of one insurance enters and leaves `all` exactly as the insurance's own group.
    let mixed = false;
    for (let link = this.#head[person]; link !== 0; link = this.#next[link - 1]) {
      if (insurance[this.#combo[link - 1]] !== first) mixed = true;
    }
    this.#markedAs++;
    this.#groupsTouched = 0;
    for (let link = this.#head[person]; link !== 0; link = this.#next[link - 1]) {
      const row = link - 1;
      const combo = this.#combo[row];
      const end = start[combo] + length[combo];
      for (let g = start[combo]; g < end; g++) {
        this.#weigh(flat[g], row);
        if (mixed) this.#weigh(all[flat[g]], row);
      }
    }
    for (let i = 0; i < this.#groupsTouched; i++) {
      if (!this.#flips(i * 12)) continue;
      const slot = this.#touchedSlots[i];
      this.#apply(slot);
      if (!mixed) this.#apply(all[slot]);
    }
  }

  /** Adds a row's weight to the person's months in one group. */
  #weigh(slot: number, row: number): void {
    let position = this.#position[slot];
    if (this.#mark[slot] !== this.#markedAs) {
      this.#mark[slot] = this.#markedAs;
      position = this.#groupsTouched++;
      this.#position[slot] = position;
      if (position === this.#touchedSlots.length) {
        this.#touchedSlots = grow(this.#touchedSlots);
        this.#before = grow(this.#before);
        this.#after = grow(this.#after);
      }
      this.#touchedSlots[position] = slot;
      const base = position * 12;
      for (let i = base; i < base + 12; i++) {
        this.#before[i] = 0;
        this.#after[i] = 0;
      }
    }
    const at = position * 12 + this.#month[row];
    this.#after[at] += this.#weight[row];
    if (row < this.#counted) this.#before[at] += this.#weight[row];
  }

  /** Fills `#change` with −1, 0 or 1 for each period; false when the person stays as they were everywhere. */
  #flips(base: number): boolean {
    const before = this.#before;
    const after = this.#after;
    const change = this.#change;
    let any = 0;
    let yearWas = 0;
    let yearIs = 0;
    let halfWas = 0;
    let halfIs = 0;
    let quarterWas = 0;
    let quarterIs = 0;
    for (let month = 0; month < 12; month++) {
      const was = before[base + month];
      const is = after[base + month];
      quarterWas += was;
      quarterIs += is;
      yearWas += was;
      yearIs += is;
      any |= change[month] = Number(is > 0) - Number(was > 0);
      any |= change[19 + month] = Number(yearIs > 0) - Number(yearWas > 0);
      if (month % 3 !== 2) continue;
      any |= change[12 + (month - 2) / 3] = Number(quarterIs > 0) - Number(quarterWas > 0);
      halfWas += quarterWas;
      halfIs += quarterIs;
      quarterWas = 0;
      quarterIs = 0;
      if (month % 6 !== 5) continue;
      any |= change[16 + (month - 5) / 6] = Number(halfIs > 0) - Number(halfWas > 0);
      halfWas = 0;
      halfIs = 0;
    }
    any |= change[18] = Number(yearIs > 0) - Number(yearWas > 0);
    return any !== 0;
  }

  #apply(slot: number): void {
    const base = slot * PERIODS_PER_YEAR;
    const change = this.#change;
    const counts = this.#counts;
    let bits = 0;
    for (let p = 0; p < PERIODS_PER_YEAR; p++) {
      if (change[p] === 0) continue;
      counts[base + p] += change[p];
      bits |= 1 << p;
    }
    if (this.#changed[slot] === 0) this.#changedSlots.push(slot);
    this.#changed[slot] |= bits;
  }

  /**
   * Groups whose count changed since this was last called, by period: their present counts, 0 included.
   * Call after `count`.
   */
  takeChanges(): PeriodCounts[] {
    const found = Array.from({ length: PERIODS_PER_YEAR }, () => ({
      gids: [] as number[],
      counts: [] as number[],
    }));
    for (const slot of this.#changedSlots) {
      for (let p = 0; p < PERIODS_PER_YEAR; p++) {
        if ((this.#changed[slot] & (1 << p)) === 0) continue;
        found[p].gids.push(this.#slots.gids[slot]);
        found[p].counts.push(this.#counts[slot * PERIODS_PER_YEAR + p]);
      }
      this.#changed[slot] = 0;
    }
    this.#changedSlots = [];
    return found.map(({ gids, counts }) => ({
      gids: Int32Array.from(gids),
      counts: Float64Array.from(counts),
    }));
  }

  /** Persons by group in one period (index as in `periodsOfYear`), only where there are any. Call after `count`. */
  of(period: number): PeriodCounts {
    const gids: number[] = [];
    const counts: number[] = [];
    for (let slot = 0; slot < this.#slots.size; slot++) {
      const n = this.#counts[slot * PERIODS_PER_YEAR + period];
      if (n !== 0) {
        gids.push(this.#slots.gids[slot]);
        counts.push(n);
      }
    }
    return { gids: Int32Array.from(gids), counts: Float64Array.from(counts) };
  }

  /** Net rows of the given months (0-11) as (person, combo, weight) triples ascending by person, for a checkpoint. */
  netRows(months: ReadonlySet<number>): Map<number, Int32Array> {
    const triples = new Map([...months].map((m) => [m, [] as number[]]));
    const sums = new Map<number, number>();
    for (let person = 0; person < this.#head.length; person++) {
      if (this.#head[person] === 0) continue;
      sums.clear();
      for (let link = this.#head[person]; link !== 0; link = this.#next[link - 1]) {
        const row = link - 1;
        if (!months.has(this.#month[row])) continue;
        const key = this.#combo[row] * 12 + this.#month[row];
        sums.set(key, (sums.get(key) ?? 0) + this.#weight[row]);
      }
      for (const [key, weight] of sums) {
        if (weight !== 0) triples.get(key % 12)!.push(person, Math.floor(key / 12), weight);
      }
    }
    return new Map([...triples].map(([m, list]) => [m, Int32Array.from(list)]));
  }

  /** The counts as a flat list (gid, then 31 numbers), for a checkpoint. Call after `count`. */
  saveCounts(): Int32Array {
    const { gids, size } = this.#slots;
    const saved = new Int32Array(size * (PERIODS_PER_YEAR + 1));
    let at = 0;
    for (let slot = 0; slot < size; slot++) {
      saved[at++] = gids[slot];
      const base = slot * PERIODS_PER_YEAR;
      for (let p = 0; p < PERIODS_PER_YEAR; p++) saved[at++] = this.#counts[base + p];
    }
    return saved;
  }

  /** Takes counts of a checkpoint: the rows added so far are the ones they count. */
  loadCounts(saved: Int32Array): void {
    for (let row = 0; row < this.#rows; row++) this.#slots.know(this.#combo[row]);
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
    this.#combo = grow(this.#combo);
    this.#weight = grow(this.#weight);
    this.#month = grow(this.#month);
  }

  #growPersons(person: number): void {
    const size = Math.max(person + 1, this.#head.length * 2);
    const head = new Int32Array(size);
    head.set(this.#head);
    this.#head = head;
    const touched = new Uint8Array(size);
    touched.set(this.#isTouched);
    this.#isTouched = touched;
  }
}

function grow<T extends Int32Array | Int8Array | Uint8Array>(array: T): T {
  const grown = new (array.constructor as new (length: number) => T)(array.length * 2);
  grown.set(array);
  return grown;
}

/** Puts what `from` holds at the start of `into`. */
function copyInto(into: Int32Array, from: Int32Array): Int32Array<ArrayBuffer> {
  into.set(from);
  return into as Int32Array<ArrayBuffer>;
}
