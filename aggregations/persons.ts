import { PERIODS_PER_YEAR } from "./calendar.js";

/** Groups one person may touch in a year before the local table grows. */
const LOCAL_SLOTS = 1024;

/** What combos and groups are to the persons; numbers as in ComboTable and GroupTable. */
export interface PersonGroups {
  /** gids (own insurance) of a combo's person groups. */
  readonly groupsOf: (combo: number) => Int32Array;
  readonly insuranceOf: (combo: number) => string;
  /** gid of the same group over all insurances. */
  readonly allOf: (gid: number) => number;
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
  readonly #slotOf = new Map<number, number>();
  #counts = new Int32Array(64 * PERIODS_PER_YEAR);
  readonly #change = new Int32Array(PERIODS_PER_YEAR);
  readonly #local = new LocalGroups();

  constructor(
    readonly year: number,
    private readonly groups: PersonGroups,
  ) {}

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
    const local = this.#local;
    const { groupsOf, insuranceOf, allOf } = this.groups;
    for (const person of this.#touched) {
      this.#isTouched[person] = 0;
      local.clear();
      // A person of one insurance enters and leaves `all` exactly as the insurance's own group.
      const insurance = insuranceOf(this.#combo[this.#head[person] - 1]);
      let mixed = false;
      for (let link = this.#head[person]; link !== 0 && !mixed; link = this.#next[link - 1]) {
        mixed = insuranceOf(this.#combo[link - 1]) !== insurance;
      }
      for (let link = this.#head[person]; link !== 0; link = this.#next[link - 1]) {
        const row = link - 1;
        const groups = groupsOf(this.#combo[row]);
        const month = this.#month[row];
        const weight = this.#weight[row];
        const isNew = row >= this.#counted;
        for (let g = 0; g < groups.length; g++) local.add(groups[g], month, weight, isNew);
        if (mixed) for (let g = 0; g < groups.length; g++) local.add(allOf(groups[g]), month, weight, isNew);
      }
      for (let i = 0; i < local.used; i++) {
        const slot = local.slots[i];
        if (local.changed[slot] === 0 || !this.#flips(local, slot * 12)) continue;
        const gid = local.group[slot];
        this.#apply(gid);
        if (!mixed) this.#apply(allOf(gid));
      }
    }
    this.#touched = [];
    this.#counted = this.#rows;
  }

  /** Fills `#change` with −1, 0 or 1 for each period; false when the person stays as they were everywhere. */
  #flips(local: LocalGroups, base: number): boolean {
    const { before, after } = local;
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

  #apply(gid: number): void {
    const base = this.#slot(gid) * PERIODS_PER_YEAR;
    const change = this.#change;
    const counts = this.#counts;
    for (let p = 0; p < PERIODS_PER_YEAR; p++) counts[base + p] += change[p];
  }

  #slot(gid: number): number {
    let slot = this.#slotOf.get(gid);
    if (slot === undefined) {
      slot = this.#slotOf.size;
      this.#slotOf.set(gid, slot);
      if ((slot + 1) * PERIODS_PER_YEAR > this.#counts.length) this.#counts = grow(this.#counts);
    }
    return slot;
  }

  /** Persons by group in one period (index as in `periodsOfYear`), only where there are any. Call after `count`. */
  of(period: number): { gids: Int32Array; counts: Float64Array } {
    const gids: number[] = [];
    const counts: number[] = [];
    for (const [gid, slot] of this.#slotOf) {
      const n = this.#counts[slot * PERIODS_PER_YEAR + period];
      if (n !== 0) {
        gids.push(gid);
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
    const saved = new Int32Array(this.#slotOf.size * (PERIODS_PER_YEAR + 1));
    let at = 0;
    for (const [gid, slot] of this.#slotOf) {
      saved[at++] = gid;
      const base = slot * PERIODS_PER_YEAR;
      for (let p = 0; p < PERIODS_PER_YEAR; p++) saved[at++] = this.#counts[base + p];
    }
    return saved;
  }

  /** Takes counts of a checkpoint: the rows added so far are the ones they count. */
  loadCounts(saved: Int32Array): void {
    for (let at = 0; at < saved.length; at += PERIODS_PER_YEAR + 1) {
      const base = this.#slot(saved[at]) * PERIODS_PER_YEAR;
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

/** One person's groups with their twelve monthly weights before and after; open addressing, reused. */
class LocalGroups {
  group = new Int32Array(LOCAL_SLOTS);
  #stamp = new Int32Array(LOCAL_SLOTS);
  #now = 0;
  before = new Int32Array(LOCAL_SLOTS * 12);
  after = new Int32Array(LOCAL_SLOTS * 12);
  changed = new Uint8Array(LOCAL_SLOTS);
  /** Slots in use: the first `used` of `slots`. */
  slots = new Int32Array(LOCAL_SLOTS);
  used = 0;

  clear(): void {
    this.#now++;
    this.used = 0;
  }

  add(gid: number, month: number, weight: number, isNew: boolean): void {
    if (this.used * 2 > this.group.length) this.#grow();
    const slot = this.#find(gid);
    const at = slot * 12 + month;
    this.after[at] += weight;
    if (isNew) this.changed[slot] = 1;
    else this.before[at] += weight;
  }

  #find(gid: number): number {
    const mask = this.group.length - 1;
    let slot = Math.imul(gid, 0x9e3779b1) & mask;
    while (this.#stamp[slot] === this.#now) {
      if (this.group[slot] === gid) return slot;
      slot = (slot + 1) & mask;
    }
    this.#stamp[slot] = this.#now;
    this.group[slot] = gid;
    this.changed[slot] = 0;
    const base = slot * 12;
    for (let i = base; i < base + 12; i++) {
      this.before[i] = 0;
      this.after[i] = 0;
    }
    this.slots[this.used++] = slot;
    return slot;
  }

  #grow(): void {
    const old = { group: this.group, before: this.before, after: this.after, changed: this.changed };
    const used = this.slots.subarray(0, this.used);
    const size = this.group.length * 2;
    this.group = new Int32Array(size);
    this.#stamp = new Int32Array(size);
    this.#now = 1;
    this.before = new Int32Array(size * 12);
    this.after = new Int32Array(size * 12);
    this.changed = new Uint8Array(size);
    this.slots = new Int32Array(size);
    this.used = 0;
    for (const from of used) {
      const to = this.#find(old.group[from]);
      this.before.set(old.before.subarray(from * 12, from * 12 + 12), to * 12);
      this.after.set(old.after.subarray(from * 12, from * 12 + 12), to * 12);
      this.changed[to] = old.changed[from];
    }
  }
}
