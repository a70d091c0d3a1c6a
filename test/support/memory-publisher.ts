import { monthOfDay, monthStart, parsePeriod } from "../../aggregations/calendar.js";
import type {
  Group,
  GroupSums,
  PersonCounts,
  PublishedState,
  Publisher,
  PublishInput,
} from "../../connectors/publisher.js";
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
  /** The last cut given, with the tables that it left standing. */
  last: PublishInput | null = null;
  #stateId = "";
  #published: PublishedState | null = null;

  async open(stateId: string): Promise<PublishedState | null> {
    this.#stateId = stateId;
    return this.#published?.stateId === stateId ? this.#published : null;
  }

  async publish(input: PublishInput): Promise<number> {
    if (input.full) {
      this.groups.length = 0;
      this.months.clear();
      this.days.clear();
      this.persons.clear();
    }
    for (const group of input.newGroups) this.groups[group.gid] = group;
    for (const { month, data } of input.months) this.months.set(month, data);
    for (const { day, data } of input.days) this.days.set(day, data);
    for (const counts of input.persons) this.persons.set(counts.period, counts);
    // Periods beyond the data's end are not published; they are given again when they come into sight.
    for (const id of [...this.persons.keys()]) {
      const period = parsePeriod(id)!;
      const begins = period.kind === "ytd" ? monthStart(monthOfDay(period.endDay)) : period.startDay;
      if (input.lastDataDay !== null && begins > input.lastDataDay) this.persons.delete(id);
    }
    // Tables that did not change are left out of a cut: those of the cut before stand.
    this.last = { ...(input.full ? null : this.last), ...input };
    this.#published = {
      sequence: input.sequence,
      version: (this.#published?.version ?? 0) + 1,
      stateId: this.#stateId,
    };
    return this.#published.version;
  }

  async close(): Promise<void> {}
}
