import { PERIODS_PER_YEAR } from "../../aggregations/calendar.js";
import type { GroupTable } from "../../aggregations/dimensions/groups.js";
import type { PeriodCounts } from "../../aggregations/persons/year.js";
import type { JobFigure } from "../../connectors/flink/figure.js";
import { ALL_INSURANCES } from "../../schemas/dimensions.js";
import type { YearCounts } from "./published-months.js";

export type PersonFigure = Extract<JobFigure, { readonly kind: "persons" }>;

/** Persons of a year whose counts came ready: of each insurance, and of all of them together. */
export class FigureYear implements YearCounts {
  readonly #groupIds: number[][] = Array.from({ length: PERIODS_PER_YEAR }, () => []);
  readonly #counts: number[][] = Array.from({ length: PERIODS_PER_YEAR }, () => []);

  /** Group ids of a figure, in the order of its counts. */
  static know(figure: PersonFigure, insurances: readonly string[], groups: GroupTable): number[] {
    const { grouping, values: dimensions } = figure;
    return [...insurances, ALL_INSURANCES].map((insurance) =>
      figure.counts === null ? -1 : groups.groupIdOf({ insurance, grouping, dimensions }),
    );
  }

  add(figure: PersonFigure, insurances: readonly string[], groups: GroupTable): void {
    const { counts } = figure;
    if (counts === null) return;
    FigureYear.know(figure, insurances, groups).forEach((groupId, i) => {
      for (let period = 0; period < PERIODS_PER_YEAR; period++) {
        const n = counts[i * PERIODS_PER_YEAR + period];
        if (n === 0) continue;
        this.#groupIds[period].push(groupId);
        this.#counts[period].push(n);
      }
    });
  }

  count(): void {}

  /** None: a year is made anew when its counts change. */
  takeChanges(): readonly PeriodCounts[] {
    const none = { groupIds: new Int32Array(0), counts: new Float64Array(0) };
    return this.#groupIds.map(() => none);
  }

  of(period: number): PeriodCounts {
    return {
      groupIds: Int32Array.from(this.#groupIds[period]),
      counts: Float64Array.from(this.#counts[period]),
    };
  }
}
