import { configSchema } from "../../schemas/config/schema.js";
import { derive } from "../support/oracle/derive.js";
import { finalFacilities } from "../support/oracle/facilities.js";
import { valiFlag, weightOf } from "../support/oracle/sums.js";
import type { OracleCategory, Plain, Reading } from "../support/oracle/types.js";
import { categoryOf, insuranceOf, type World } from "../support/oracle/validate.js";

export { AMOUNT_OF, VISITS_OF } from "../support/oracle/sums.js";

/** When the facilities of a benchmark stand as they are; their events all lie in their validity. */
const AT = Date.parse("2024-06-15T00:00:00Z");

type Row = readonly (string | number | boolean)[];

/**
 * The rules of the tests' oracle as small tables, for a recount in SQL: what each combination of codes means
 * is asked of the oracle, so that no rule is written down once more.
 */
export class Rules {
  readonly #world: World;

  /** `world`: jurisdiction and care groups; rows of the facility stream; the categories that count. */
  constructor(
    world: object,
    facilities: readonly Plain[],
    private readonly categories: readonly OracleCategory[],
  ) {
    const config = configSchema.parse({
      ...world,
      source: { kind: "folder" },
      privacy: { personKey: "bench" },
    });
    const arrivals = facilities.map((record, position) => ({
      stream: "facility" as const,
      record,
      source: "facility",
      partition: "0",
      position,
    }));
    const standing = finalFacilities([], arrivals, config.timezone, []);
    this.#world = { config, now: AT, facilities: standing, categories };
  }

  /** `clr_way`s of bills that are paid by case. */
  get casePayment(): readonly string[] {
    return this.#world.config.casePayment;
  }

  /** `insutype, med_type, insurance, category, care` of every combination that can be counted. */
  benefits(): Row[] {
    const codes = Object.values(this.#world.config.insurances).flat();
    return codes.flatMap((insutype) =>
      this.categories.flatMap(({ med_type }): Row[] => {
        const r = reading({ insutype, med_type });
        const insurance = insuranceOf(r, this.#world.config);
        const category = categoryOf(r, insurance, this.categories);
        if (insurance === null || category === null) return [];
        return [[insutype, med_type, insurance, category.category, category.care]];
      }),
    );
  }

  /**
   * `insu_admdvs, fixmedins_code, region, flow, tier, ownership, facility_district, care_group, own_fund` of
   * each pair that touches the jurisdiction.
   */
  places(pairs: readonly (readonly [string, string])[]): Row[] {
    return pairs.flatMap(([insu_admdvs, fixmedins_code]): Row[] => {
      const d = this.#dimensions({ insu_admdvs, fixmedins_code });
      if (d.flow === "nowhere") return [];
      const { region, flow, tier, ownership, facility_district, care_group } = d;
      const own = flow !== "inbound";
      return [
        [insu_admdvs, fixmedins_code, region, flow, tier, ownership, facility_district, care_group, own],
      ];
    });
  }

  /** `psn_type, person_kind`. */
  personKinds(codes: readonly string[]): Row[] {
    return codes.map((psn_type) => [psn_type, this.#dimensions({ psn_type }).person_kind]);
  }

  /** `setl_type, channel`. */
  channels(codes: readonly string[]): Row[] {
    return codes.map((setl_type) => [setl_type, this.#dimensions({ setl_type }).channel]);
  }

  /**
   * `vali_flag, mid_setl_flag, refund, w` of the combinations that count; "" where a flag is absent. No event
   * of a benchmark says `cal_ipt_cnt`, so that the care decides nothing.
   */
  weights(flags: readonly (readonly [string, string, boolean])[]): Row[] {
    return flags.flatMap(([vali_flag, mid_setl_flag, refund]): Row[] => {
      const r = reading({ vali_flag, mid_setl_flag, init_setl_id: refund ? "another" : "" });
      return valiFlag(r) === "1" ? [[vali_flag, mid_setl_flag, refund, weightOf(r, "outpatient")]] : [];
    });
  }

  #dimensions(codes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const [insutype] = Object.values(this.#world.config.insurances).flat();
    const { med_type } = this.categories[0];
    return derive(reading({ insutype, med_type, ...codes }), AT, this.#world).dimensions;
  }
}

/** A settlement of which only codes are known; the others are absent. */
function reading(codes: Readonly<Record<string, string>>): Reading {
  const absent = { insu_admdvs: "", fixmedins_code: "", fix_blng_admdvs: "", hosp_lv: "", psn_type: "" };
  const text = { ...absent, setl_type: "", dise_no: "", init_setl_id: "", cal_ipt_cnt: "", ...codes };
  return {
    text,
    setlTime: AT,
    updtTime: AT,
    begndate: null,
    enddate: null,
    iptDays: null,
    amounts: new Map(),
  };
}
