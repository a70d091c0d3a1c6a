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

/** A category as a settlement meets it: its line, its care and the lines above it. */
export interface Category {
  readonly category: string;
  readonly care: string;
  /** Parent lines, nearest first; a settlement counts in each of them too. */
  readonly parents: readonly string[];
}

const ruleKey = (medType: string, diseNo: string, insurance: string): string =>
  `${medType}\u0001${diseNo}\u0001${insurance}`;

/**
 * National codes overridden by configured rows with the same med_type, dise_no and insurance. The most
 * specific row wins: dise_no and insurance, dise_no, insurance, med_type alone (contract §4).
 */
export class CategoryTable {
  readonly #rules = new Map<string, Category>();
  readonly #diseased = new Map<string, Set<string>>();
  readonly #parents = new Map<string, readonly string[]>();

  constructor(national: readonly CategoryRule[], configured: readonly CategoryRule[]) {
    const rows = new Map<string, CategoryRule>();
    for (const rule of [...national, ...configured]) {
      rows.set(ruleKey(rule.med_type, rule.dise_no ?? "", rule.insurance ?? ""), rule);
    }
    const parentOf = new Map<string, string>();
    for (const rule of rows.values()) if (rule.parent) parentOf.set(rule.category, rule.parent);
    for (const [key, rule] of rows) {
      const parents: string[] = [];
      for (let p = parentOf.get(rule.category); p && p !== rule.category && !parents.includes(p); ) {
        parents.push(p);
        p = parentOf.get(p);
      }
      this.#parents.set(rule.category, parents);
      this.#rules.set(key, { category: rule.category, care: rule.care, parents });
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

  parentsOf(category: string): readonly string[] {
    return this.#parents.get(category) ?? [];
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
