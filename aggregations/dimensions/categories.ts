/** One row of the category table: which line and care a settlement belongs to. */
export interface CategoryRule {
  readonly med_type: string;
  readonly category: string;
  readonly care: string;
  readonly dise_no: string | null;
  readonly insurance: string | null;
  readonly parent: string | null;
  readonly display_order: number | null;
}

/** A category as a settlement meets it: its line and its care. */
export interface Category {
  readonly category: string;
  readonly care: string;
}

const ruleKey = (medType: string, diseNo: string, insurance: string): string =>
  `${medType}\u0001${diseNo}\u0001${insurance}`;

const lineKey = (insurance: string, category: string): string => `${insurance}\u0001${category}`;

/**
 * National codes overridden by configured rows with the same med_type, dise_no and insurance. The most
 * specific row wins: dise_no and insurance, dise_no, insurance, med_type alone
 * (docs/specification.md#category).
 */
export class CategoryTable {
  /** The rules in the order in which they are tried: the most specific first. */
  readonly specificFirst: readonly CategoryRule[];
  readonly #rules = new Map<string, Category>();
  readonly #diseased = new Map<string, Set<string>>();
  /** Direct parents by insurance (or none) and category; null: there is a row, but it names none. */
  readonly #parent = new Map<string, string | null>();

  constructor(national: readonly CategoryRule[], configured: readonly CategoryRule[]) {
    const rows = new Map<string, CategoryRule>();
    for (const rule of [...national, ...configured]) {
      rows.set(ruleKey(rule.med_type, rule.dise_no ?? "", rule.insurance ?? ""), rule);
    }
    const rank = (rule: CategoryRule): number => (rule.dise_no ? 0 : 2) + (rule.insurance ? 0 : 1);
    this.specificFirst = [...rows.values()].sort((a, b) => rank(a) - rank(b));
    for (const [key, rule] of rows) {
      const line = lineKey(rule.insurance ?? "", rule.category);
      this.#parent.set(line, rule.parent ?? this.#parent.get(line) ?? null);
      this.#rules.set(key, { category: rule.category, care: rule.care });
      if (rule.dise_no) {
        const set = this.#diseased.get(rule.med_type) ?? new Set();
        set.add(rule.dise_no);
        this.#diseased.set(rule.med_type, set);
      }
    }
  }

  /** The part of `dise_no` that decides: empty unless some row of this med_type names it. */
  decidingDisease(medType: string, diseNo: string): string {
    return diseNo !== "" && this.#diseased.get(medType)?.has(diseNo) ? diseNo : "";
  }

  /**
   * Parent lines of a category, nearest first; a settlement of that insurance counts in each of them too. Rows
   * of the insurance itself decide, where the category has any; else those without insurance.
   */
  parentsOf(category: string, insurance: string): readonly string[] {
    const parents: string[] = [];
    for (let next = category; ; ) {
      const own = this.#parent.get(lineKey(insurance, next));
      const parent = own === undefined ? this.#parent.get(lineKey("", next)) : own;
      if (!parent || parent === category || parents.includes(parent)) return parents;
      parents.push(parent);
      next = parent;
    }
  }

  find(medType: string, diseNo: string, insurance: string): Category | undefined {
    const rules = this.#rules;
    if (diseNo !== "") {
      const byDisease =
        rules.get(ruleKey(medType, diseNo, insurance)) ?? rules.get(ruleKey(medType, diseNo, ""));
      if (byDisease) return byDisease;
    }
    return rules.get(ruleKey(medType, "", insurance)) ?? rules.get(ruleKey(medType, "", ""));
  }
}
