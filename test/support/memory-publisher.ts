import { dayText, monthOfDay, parsePeriod } from "../../aggregations/calendar.js";
import { periodsOf } from "../../connectors/duckdb/publish/periods.js";
import type {
  Group,
  GroupSums,
  PeriodSums,
  PersonCounts,
  PublishedState,
  Publisher,
  PublishInput,
} from "../../connectors/ports/publisher.js";
import { KEYED_TABLES, type KeyedTable } from "../../connectors/ports/publisher.js";
import type { Config } from "../../schemas/config/schema.js";
import type { DayNumber, MonthNumber } from "../../schemas/units.js";

/**
 * A publisher that keeps what it is given in memory, merged as the published file would: for tests that
 * hold thousands of histories against a recount. Survives reopening, as the working file does.
 */
export class MemoryPublisher implements Publisher {
  readonly groups: Group[] = [];
  readonly months = new Map<MonthNumber, GroupSums>();
  readonly days = new Map<DayNumber, GroupSums>();
  readonly persons = new Map<string, PersonCounts>();
  /** The last snapshot given, with the tables that it left standing. */
  last: PublishInput | null = null;
  #stateId = "";
  #published: PublishedState | null = null;

  /** @param keep how many days stand; without it all do */
  constructor(
    private readonly keep: Pick<Config["periods"], "keepDays" | "keepFacilityDays"> = {
      keepDays: Number.POSITIVE_INFINITY,
      keepFacilityDays: 0,
    },
  ) {}

  async open(stateId: string): Promise<PublishedState | null> {
    this.#stateId = stateId;
    return this.#published?.stateId === stateId ? this.#published : null;
  }

  /** The same as it stands now, for good: what is published later is not in it. */
  copy(): MemoryPublisher {
    const copy = new MemoryPublisher(this.keep);
    copy.groups.push(...this.groups);
    for (const name of ["months", "days", "persons"] as const)
      for (const [key, value] of this[name]) (copy[name] as Map<unknown, unknown>).set(key, value);
    copy.last = this.last;
    copy.#stateId = this.#stateId;
    copy.#published = this.#published;
    return copy;
  }

  prepare(): void {}

  async publish(input: PublishInput): Promise<number> {
    if (input.full) {
      this.groups.length = 0;
      this.months.clear();
      this.days.clear();
      this.persons.clear();
    }
    for (const group of input.newGroups) this.groups[group.groupId] = group;
    for (const { month, data } of input.months) this.months.set(month, data);
    for (const { day, data } of input.days) this.days.set(day, data);
    for (const change of input.sumChanges) this.#change(input, change);
    for (const change of input.personChanges) this.#changePersons(change);
    for (const counts of input.persons) this.persons.set(counts.period, counts);
    // Periods that the data does not reach are not published; they are given again when they come into sight.
    const { firstDataDay: firstDay, lastDataDay: lastDay } = input;
    const span = firstDay === null || lastDay === null ? null : { firstDay, lastDay };
    const stand = new Set(span === null ? [] : periodsOf(span, this.keep).keys());
    for (const id of [...this.persons.keys()]) if (!stand.has(id)) this.persons.delete(id);
    for (const day of [...this.days.keys()]) if (!stand.has(dayText(day))) this.days.delete(day);
    // Tables that did not change are left out of a snapshot: those of the snapshot before stand.
    const before = input.full ? null : this.last;
    this.last = { ...before, ...input };
    if (input.figurePeriods) {
      const given = new Set(input.figurePeriods);
      const stays = (before?.figures ?? []).filter((f) => !given.has(f.period));
      this.last = { ...this.last, figures: [...stays, ...(input.figures ?? [])] };
    }
    for (const [name, column] of Object.entries(KEYED_TABLES) as [KeyedTable, string][]) {
      const keys = new Set(input.changedKeys?.[name] ?? []);
      if (keys.size === 0) continue;
      const rows = (before?.[name] ?? []) as readonly object[];
      const stays = rows.filter((row) => !keys.has(String((row as Record<string, unknown>)[column])));
      this.last = { ...this.last, [name]: [...stays, ...(input[name] ?? [])] };
    }
    this.#published = {
      sequence: input.sequence,
      version: Math.max(this.#published?.version ?? 0, input.versionFloor ?? 0) + 1,
      span,
      stateId: this.#stateId,
    };
    return this.#published.version;
  }

  /** Adds what months and days have more; what other periods have more must be that of their months. */
  #change(input: PublishInput, { periods, data }: PeriodSums): void {
    if (input.since !== this.#published?.sequence) throw new Error("changes of another publish");
    for (const id of periods) {
      const { kind, startDay } = parsePeriod(id)!;
      if (kind === "day") this.days.set(startDay, sum(this.days.get(startDay), data));
      else if (kind === "month") {
        const month = monthOfDay(startDay);
        this.months.set(month, sum(this.months.get(month), data));
      }
    }
  }

  #changePersons({ period, groupIds, counts }: PersonCounts): void {
    // A published period in which nothing was yet has no counts.
    const current = this.persons.get(period);
    const all = new Map(Array.from(current?.groupIds ?? [], (groupId, i) => [groupId, current!.counts[i]]));
    groupIds.forEach((groupId, i) => {
      if (counts[i] === 0) all.delete(groupId);
      else all.set(groupId, counts[i]);
    });
    this.persons.set(period, {
      period,
      groupIds: Int32Array.from(all.keys()),
      counts: Float64Array.from(all.values()),
    });
  }

  async close(): Promise<void> {}
}

/** Rows of both added up, without those behind which no settlement is left. */
function sum(current: GroupSums | undefined, change: GroupSums): GroupSums {
  const rows = new Map<number, number[]>();
  for (const { groupIds, sums, settlements } of current ? [current, change] : [change]) {
    groupIds.forEach((groupId, i) => {
      const row = rows.get(groupId) ?? new Array<number>(sums.length + 1).fill(0);
      [...sums, settlements].forEach((column, m) => {
        row[m] += column[i];
      });
      rows.set(groupId, row);
    });
  }
  const kept = [...rows].filter(([, row]) => row[row.length - 1] !== 0);
  const column = (m: number): Float64Array => Float64Array.from(kept, ([, row]) => row[m]);
  const width = change.sums.length;
  return {
    groupIds: Int32Array.from(kept, ([groupId]) => groupId),
    sums: Array.from({ length: width }, (_, m) => column(m)),
    settlements: column(width),
  };
}
