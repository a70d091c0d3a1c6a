import {
  dimensionsOf,
  SETTLEMENT_DIMENSIONS,
  type SettlementDimension,
  UNKNOWN,
} from "../../schemas/dimensions.js";
import type { Settlement } from "../../schemas/input/settlement.js";
import type { Rejection } from "../../schemas/quarantine.js";
import type { DayNumber } from "../../schemas/units.js";
import { stayFault } from "../settlement/stay.js";
import type { CategoryTable } from "./categories.js";
import type { FacilityTable, FacilityVersion } from "./facilities.js";
import type { GroupTable } from "./groups.js";
import { flowOf, type Jurisdiction, liesIn, regionOf } from "./region.js";

export interface CareGroupRule {
  readonly name: string;
  readonly when: Readonly<Partial<Record<"region" | "tier" | "ownership" | "kind", readonly string[]>>>;
}

/** What decides the dimensions; another value of any of it makes other figures. */
export interface DimensionRules {
  readonly jurisdiction: Jurisdiction;
  /** insutype to insurance. */
  readonly insurances: ReadonlyMap<string, string>;
  /** Leading digits of `psn_type` by kind, and `setl_type` codes by channel, beside the national ones. */
  readonly personKinds: Readonly<Partial<Record<string, readonly string[]>>>;
  readonly channels: Readonly<Partial<Record<string, readonly string[]>>>;
  readonly careGroups: readonly CareGroupRule[];
  readonly groupings: readonly string[];
  readonly personGroupings: readonly string[];
  readonly dayGroupings: readonly string[];
}

/** All dimension values of a settlement together. */
export interface TupleValues {
  readonly insurance: string;
  readonly values: Readonly<Record<SettlementDimension, string>>;
  /** False when the facility table has no version for the day. */
  readonly facilityKnown: boolean;
  /** Parent lines of the category that it counts in too, nearest first; absent: those of the table in use. */
  readonly parents?: readonly string[];
}

/**
 * Dimension values met once and numbered: the finest cell is one tuple in one month. Holds the groups it
 * adds to, so that adding a settlement needs no further look-up.
 */
export interface DimensionTuple extends TupleValues {
  readonly id: number;
  readonly parents: readonly string[];
  /** Group ids (own insurance) of the month groupings. */
  readonly groups: Int32Array;
  /** Group ids (own insurance) in which distinct persons are kept. */
  readonly personGroups: Int32Array;
  /** Number of the set of day groups without facility, and of those with facility. */
  readonly dayKey: number;
  readonly dayFacilityKey: number;
}

/** Person kinds of the national `psn_type` codes, by their first two digits. */
const NATIONAL_PERSON_KINDS: Readonly<Record<string, readonly string[]>> = {
  active: ["11"],
  retired: ["12"],
  veteran: ["13"],
  resident: ["14", "15", "16"],
};

/** Tells kinds of persons by the leading digits of `psn_type`: a bureau's own first, the longest that fits. */
export class PersonKinds {
  /** Prefixes with their kinds, in the order in which they are tried. */
  readonly prefixes: readonly (readonly [prefix: string, kind: string])[];
  readonly #known = new Map<string, string>();

  constructor(own: Readonly<Partial<Record<string, readonly string[]>>>) {
    this.prefixes = [own, NATIONAL_PERSON_KINDS].flatMap((kinds) =>
      Object.entries(kinds)
        .flatMap(([kind, prefixes]) => (prefixes ?? []).map((prefix) => [prefix, kind] as const))
        .sort(([a], [b]) => b.length - a.length),
    );
  }

  /** `unknown` where no list names the code. */
  of(psnType: string): string {
    let kind = this.#known.get(psnType);
    if (kind === undefined) {
      kind = this.prefixes.find(([prefix]) => psnType.startsWith(prefix))?.[1] ?? UNKNOWN;
      if (this.#known.size < 4096) this.#known.set(psnType, kind);
    }
    return kind;
  }
}

/** Channels of the national `setl_type` codes. */
export const NATIONAL_CHANNELS: Readonly<Record<string, string>> = { "1": "manual", "2": "direct" };

export function careGroupOf(
  rules: readonly CareGroupRule[],
  facts: Readonly<Record<"region" | "tier" | "ownership" | "kind", string>>,
): string {
  const fits = (rule: CareGroupRule): boolean =>
    (["region", "tier", "ownership", "kind"] as const).every((d) => rule.when[d]?.includes(facts[d]) ?? true);
  return rules.find(fits)?.name ?? UNKNOWN;
}

/** Interns up to `limit` strings as small integers; beyond it, nothing is remembered and all read −1. */
class Codes {
  readonly #ids = new Map<string, number>();
  constructor(readonly limit: number) {}

  of(code: string): number {
    let id = this.#ids.get(code);
    if (id === undefined) {
      if (this.#ids.size === this.limit) return -1;
      id = this.#ids.size;
      this.#ids.set(code, id);
    }
    return id;
  }
}

const BUT_FACILITY = SETTLEMENT_DIMENSIONS.filter((d) => d !== "facility");

/** Finds the tuple of a settlement. Must be made anew when categories, facilities or rules change. */
export class DimensionIndex {
  readonly tuples: DimensionTuple[] = [];
  /** Group ids (own insurance) of each dayKey and dayFacilityKey. */
  readonly dayGroups: Int32Array[] = [];
  readonly #dayKeys = new Map<string, number>();
  readonly #byValues = new Map<string, DimensionTuple>();
  readonly #dayGroupings: readonly string[];
  readonly #dayFacilityGroupings: readonly string[];
  /** Group ids of the groupings without facility by the other values: most tuples differ by facility alone. */
  readonly #shared = new Map<string, Map<string, readonly number[]>>();
  #byVersion = new WeakMap<FacilityVersion, Map<number, DimensionTuple | Rejection>>();
  // Together 52 bits: a key of all of them is a safe integer.
  readonly #insutypes = new Codes(64);
  readonly #kinds: PersonKinds;
  /** channel of a setl_type (docs/specification.md#channel). */
  readonly #channels: ReadonlyMap<string, string>;
  readonly #kindIds = new Codes(16);
  readonly #channelIds = new Codes(4);
  readonly #divisions = new Codes(65_536);
  readonly #medTypes = new Codes(4096);
  readonly #diseases = new Codes(4096);
  readonly #dimensionsOf: ReadonlyMap<string, readonly SettlementDimension[]>;

  constructor(
    readonly rules: DimensionRules,
    private categories: CategoryTable,
    private facilities: FacilityTable,
    readonly groupTable: GroupTable,
  ) {
    this.#kinds = new PersonKinds(rules.personKinds);
    this.#channels = new Map([
      ...Object.entries(NATIONAL_CHANNELS),
      ...Object.entries(rules.channels).flatMap(([channel, codes]) =>
        (codes ?? []).map((code): [string, string] => [code, channel]),
      ),
    ]);
    const all = new Set([...rules.groupings, ...rules.personGroupings, ...rules.dayGroupings]);
    this.#dimensionsOf = new Map([...all].map((g) => [g, dimensionsOf(g)]));
    const byFacility = (g: string): boolean => this.#dimensionsOf.get(g)?.includes("facility") ?? false;
    this.#dayGroupings = rules.dayGroupings.filter((g) => !byFacility(g));
    this.#dayFacilityGroupings = rules.dayGroupings.filter(byFacility);
  }

  /** Takes other reference tables; tuples already numbered keep their numbers. */
  retable(categories: CategoryTable, facilities: FacilityTable): void {
    this.categories = categories;
    this.facilities = facilities;
    this.#byVersion = new WeakMap();
    this.#shared.clear();
  }

  /**
   * The tuple of a normalised settlement whose facility is taken as of `day`, or why it has none:
   * `bad_value` (insutype not configured), `unknown_category`, `out_of_jurisdiction`, or what `stayFault` says of
   * an inpatient bill.
   */
  find(s: Settlement, day: DayNumber): DimensionTuple | Rejection {
    const version =
      this.facilities.asOf(s.fixmedins_code, day) ??
      this.facilities.standIn(s.fixmedins_code, s.fix_blng_admdvs, s.hosp_lv);
    let known = this.#byVersion.get(version);
    if (known === undefined) {
      known = new Map();
      this.#byVersion.set(version, known);
    }
    const disease = this.categories.decidingDisease(s.med_type, s.dise_no);
    const kind = this.#kindIds.of(this.#kinds.of(s.psn_type));
    const channel = this.#channelIds.of(this.#channels.get(s.setl_type) ?? UNKNOWN);
    const insutype = this.#insutypes.of(s.insutype);
    const division = this.#divisions.of(s.insu_admdvs);
    const medType = this.#medTypes.of(s.med_type);
    const diseaseId = this.#diseases.of(disease);
    let tuple: DimensionTuple | Rejection | undefined;
    // More codes than any country has: dirty input, looked up the slow way.
    if ((kind | channel | insutype | division | medType | diseaseId) < 0) {
      tuple = this.#derive(s, disease, version);
    } else {
      const key =
        ((((diseaseId * 4096 + medType) * 65_536 + division) * 64 + insutype) * 4 + channel) * 16 + kind;
      tuple = known.get(key);
      if (tuple === undefined) {
        tuple = this.#derive(s, disease, version);
        known.set(key, tuple);
      }
    }
    return "id" in tuple ? (stayFault(s, tuple.values.care) ?? tuple) : tuple;
  }

  #derive(s: Settlement, disease: string, version: FacilityVersion): DimensionTuple | Rejection {
    const { jurisdiction } = this.rules;
    const insurance = this.rules.insurances.get(s.insutype);
    if (insurance === undefined) return { reason: "bad_value", detail: "insutype: one of `insurances`" };
    const category = this.categories.find(s.med_type, disease, insurance);
    if (category === undefined) return { reason: "unknown_category", detail: `med_type ${s.med_type}` };
    const flow = flowOf(s.insu_admdvs, version.admdvs, jurisdiction);
    if (flow === "out_of_jurisdiction") {
      return { reason: flow, detail: `insu_admdvs ${s.insu_admdvs}, facility in ${version.admdvs}` };
    }
    const region = regionOf(s.insu_admdvs, version.admdvs);
    const { tier, ownership, kind } = version;
    const values: Record<SettlementDimension, string> = {
      care: category.care,
      category: category.category,
      region,
      flow,
      tier,
      ownership,
      care_group: careGroupOf(this.rules.careGroups, { region, tier, ownership, kind }),
      district: s.insu_admdvs,
      facility_district: version.admdvs || UNKNOWN,
      channel: this.#channels.get(s.setl_type) ?? UNKNOWN,
      person_kind: this.#kinds.of(s.psn_type),
      facility: version.code,
    };
    return this.number({ insurance, values, facilityKnown: version.known });
  }

  /** The tuple of these values, numbered if it is new: also how a restart gives back the old numbers. */
  number({ insurance, values, facilityKnown }: TupleValues): DimensionTuple {
    const rest = `${insurance}\u0001${BUT_FACILITY.map((d) => values[d]).join("\u0001")}`;
    const name = `${rest}\u0001${facilityKnown}\u0001${values.facility}`;
    const known = this.#byValues.get(name);
    if (known) return known;
    let shared = this.#shared.get(rest);
    if (shared === undefined) {
      shared = new Map();
      this.#shared.set(rest, shared);
    }
    const parents = this.categories.parentsOf(values.category, insurance);
    const ownFund = liesIn(values.district, this.rules.jurisdiction);
    const groupIds = (groupings: readonly string[]): Int32Array =>
      this.#groupIds({ insurance, values, parents, ownFund }, groupings, shared);
    const tuple: DimensionTuple = {
      id: this.tuples.length,
      insurance,
      values,
      facilityKnown,
      parents,
      groups: groupIds(this.rules.groupings),
      personGroups: groupIds(this.rules.personGroupings),
      dayKey: this.#dayKey(groupIds(this.#dayGroupings)),
      dayFacilityKey: this.#dayKey(groupIds(this.#dayFacilityGroupings)),
    };
    this.tuples.push(tuple);
    this.#byValues.set(name, tuple);
    return tuple;
  }

  /** Group ids of the month groupings that a tuple counts in, under its own parents where it names them. */
  groupsOf(tuple: TupleValues): Int32Array {
    const numbered = this.number(tuple);
    const { parents } = tuple;
    if (parents === undefined || parents.join("\u0001") === numbered.parents.join("\u0001")) {
      return numbered.groups;
    }
    const ownFund = liesIn(tuple.values.district, this.rules.jurisdiction);
    return this.#groupIds({ ...tuple, parents, ownFund }, this.rules.groupings, new Map());
  }

  /**
   * Number of the set of day groups, with facility (`facility`) or without, that a day's sum adds to which was made
   * elsewhere: of one insurance, of people insured here or elsewhere (`home`), by the dimensions of those groupings.
   */
  dayKeyOf(
    sum: {
      readonly insurance: string;
      readonly home: boolean;
      readonly values: Readonly<Partial<Record<SettlementDimension, string>>>;
    },
    facility: boolean,
  ): number {
    const { insurance, values, home: ownFund } = sum;
    const { category } = values;
    const parents = category === undefined ? [] : this.categories.parentsOf(category, insurance);
    const groupings = facility ? this.#dayFacilityGroupings : this.#dayGroupings;
    return this.#dayKey(this.#groupIds({ insurance, values, parents, ownFund }, groupings, new Map()));
  }

  /**
   * `shared`: what is known of the groupings without facility.
   * @param of `ownFund`: of people insured in the jurisdiction
   */
  #groupIds(
    of: {
      readonly insurance: string;
      readonly values: Readonly<Partial<Record<SettlementDimension, string>>>;
      readonly parents: readonly string[];
      readonly ownFund: boolean;
    },
    groupings: readonly string[],
    shared: Map<string, readonly number[]>,
  ): Int32Array {
    const { insurance, values, parents, ownFund } = of;
    const all: number[] = [];
    for (const grouping of groupings) {
      let found = shared.get(grouping);
      if (found === undefined) {
        const ids: number[] = [];
        const dimensions = this.#dimensionsOf.get(grouping) ?? [];
        // Other people's funds count only where the flow is told apart.
        if (ownFund || dimensions.includes("flow")) {
          const lines = dimensions.includes("category") ? [values.category, ...parents] : [values.category];
          for (const line of lines) {
            const picked: Partial<Record<SettlementDimension, string>> = {};
            for (const d of dimensions) picked[d] = d === "category" ? line : values[d];
            ids.push(this.groupTable.groupIdOf({ insurance, grouping, dimensions: picked }));
          }
        }
        if (!dimensions.includes("facility")) shared.set(grouping, ids);
        found = ids;
      }
      for (const id of found) all.push(id);
    }
    return new Int32Array(all);
  }

  #dayKey(groupIds: Int32Array): number {
    const name = groupIds.join(",");
    let key = this.#dayKeys.get(name);
    if (key === undefined) {
      key = this.dayGroups.length;
      this.dayGroups.push(groupIds);
      this.#dayKeys.set(name, key);
    }
    return key;
  }
}
