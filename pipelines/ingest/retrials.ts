import type { Revalidation } from "./revalidation.js";

/** Waiting records that are due to be judged again, to be taken a few at a time between what comes new. */
export class Retrials {
  /** By what they wait for; each holds numbers of the quarantine, ascending. */
  readonly #due = new Map<string, number[]>();

  constructor(private readonly revalidation: Revalidation) {}

  /** Those that fit an SQL condition are due; under the same condition all of them anew, for what they wait for moved. */
  due(where: string, parameters: readonly unknown[]): void {
    this.#due.delete(where);
    const ids = this.revalidation.waiting(where, parameters);
    if (ids.length > 0) this.#due.set(where, ids.reverse());
  }

  get left(): number {
    let left = 0;
    for (const ids of this.#due.values()) left += ids.length;
    return left;
  }

  /** The next ones, at most so many. */
  take(most: number): readonly number[] {
    const taken: number[] = [];
    for (const [where, ids] of this.#due) {
      while (ids.length > 0 && taken.length < most) taken.push(ids.pop()!);
      if (ids.length === 0) this.#due.delete(where);
      if (taken.length === most) break;
    }
    return taken;
  }
}
