import { CategoryTable } from "../../aggregations/dimensions/categories.js";
import { FacilityTable } from "../../aggregations/dimensions/facilities.js";
import { GroupTable } from "../../aggregations/dimensions/groups.js";
import { DimensionIndex, type DimensionRules } from "../../aggregations/dimensions/tuples.js";
import { type Components, Contribution } from "../../aggregations/settlement/contribution.js";
import type { ReferenceTables } from "../../connectors/config/reference.js";
import type { ClosedStore } from "../../connectors/state/closed.js";
import { NATIONAL_CATEGORIES } from "../../schemas/input/national-categories.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";

/** Tables and rules that settlements are looked up in, as they can be kept. */
export interface UsedTables {
  readonly facilities: readonly StreamRecord[];
  readonly categories: ReferenceTables["categories"];
  readonly rules: Pick<DimensionRules, "jurisdiction" | "careGroups"> & {
    readonly insurances: readonly (readonly [string, string])[];
    readonly components: Pick<Components, "reimbursed" | "benefit"> & Partial<Components>;
  } & Partial<Pick<DimensionRules, "personKinds" | "channels">>;
}

/** What counted as paid by case before it could be configured. */
const EARLIER_CASE_PAYMENT = ["20"];

const NAMES = ["facilities", "categories", "rules"] as const;

/** What a settlement was under tables that are in use no more. */
export interface Lookup {
  readonly dimensionIndex: DimensionIndex;
  readonly contribution: Contribution;
}

/**
 * The reference tables and rules that the closed months' figures were last derived under, kept in the state
 * from the first close on: when they change, it can be told what each settlement was before.
 */
export class UsedTablesKeeper {
  /** Texts as they are kept, so that what did not change is not written again. */
  readonly #kept = new Map<string, string>();

  constructor(private readonly store: ClosedStore) {}

  /** Keeps the tables in use now. Only inside a commit. */
  keep(tables: UsedTables): void {
    for (const name of NAMES) {
      const text = JSON.stringify(tables[name]);
      if (this.#kept.get(name) === text) continue;
      this.store.setUsedTable(name, text);
      this.#kept.set(name, text);
    }
  }

  /** How settlements were looked up until now; null when nothing was ever closed. */
  before(): Lookup | null {
    const texts = NAMES.map((name) => this.#kept.get(name) ?? this.store.usedTable(name));
    if (texts.some((text) => text === null)) return null;
    NAMES.forEach((name, i) => {
      this.#kept.set(name, texts[i]!);
    });
    const [facilities, categories, rules] = texts.map((text) => JSON.parse(text!)) as [
      UsedTables["facilities"],
      UsedTables["categories"],
      UsedTables["rules"],
    ];
    const dimensionIndex = new DimensionIndex(
      {
        // What the rules of an earlier program did not have yet.
        personKinds: {},
        channels: {},
        ...rules,
        insurances: new Map(rules.insurances),
        // Groups of the past are asked of nobody.
        groupings: [],
        personGroupings: [],
        dayGroupings: [],
      },
      new CategoryTable(NATIONAL_CATEGORIES, categories),
      new FacilityTable(facilities),
      new GroupTable(),
    );
    return {
      dimensionIndex,
      contribution: new Contribution({ casePayment: EARLIER_CASE_PAYMENT, ...rules.components }),
    };
  }
}
