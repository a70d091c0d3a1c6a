/** Made-up bills of a bureau, small enough to count again in plain loops. Amounts in fen. */
export interface Bill {
  readonly id: string;
  readonly year: number;
  readonly day: string;
  readonly person: string;
  readonly insurance: "employee" | "resident";
  readonly personKind: string;
  readonly district: string;
  readonly facility: string;
  /** Division, tier, ownership and kind of the facility. */
  readonly place: string;
  readonly tier: string;
  readonly ownership: string;
  readonly facilityKind: string;
  /** As the person's own district sees the facility. */
  readonly region: "county" | "city" | "province" | "national";
  readonly channel: "direct" | "manual";
  readonly medType: string;
  readonly category: string;
  readonly care: string;
  readonly days: number;
  readonly fee: number;
  readonly scope: number;
  readonly pool: number;
  readonly critical: number;
  readonly large: number;
  readonly aid: number;
  readonly civil: number;
  readonly account: number;
}

/** Division, name, `hosp_lv`, ownership, kind. */
export type Facility = readonly [string, string, string, string, string];

export interface World {
  readonly seed: number;
  readonly years: readonly number[];
  readonly months: readonly number[];
  readonly billsPerYear: number;
  readonly people: number;
  readonly districts: readonly string[];
  readonly facilities: Readonly<Record<string, Facility>>;
  /** Category and care of a `med_type`. */
  readonly categories: Readonly<Record<string, readonly [string, string]>>;
  /** What people go for; named more than once, it is more frequent. */
  readonly medTypes: Readonly<Record<"employee" | "resident", readonly string[]>>;
  /** Where `med_type` 41 is bought; default anywhere. */
  readonly pharmacy?: string;
}

const PSN_TYPE: Readonly<Record<string, string>> = { active: "1101", retired: "1201", resident: "1501" };

/** Numbers in [0, 1) that depend on the seed alone. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const tierOf = (level: string): string =>
  level <= "04" ? "3" : level <= "07" ? "2" : level <= "10" ? "1" : "0";

function regionOf(home: string, place: string): Bill["region"] {
  if (home === place) return "county";
  if (home.slice(0, 4) === place.slice(0, 4)) return "city";
  return home.slice(0, 2) === place.slice(0, 2) ? "province" : "national";
}

const two = (n: number): string => String(n).padStart(2, "0");

export function billsOf(world: World): Bill[] {
  const next = random(world.seed);
  const whole = (lo: number, hi: number): number => lo + Math.floor(next() * (hi - lo + 1));
  const pick = <T>(list: readonly T[]): T => list[whole(0, list.length - 1)]!;
  const people = Array.from({ length: world.people }, (_, i) => {
    const insurance = pick(["employee", "resident"] as const);
    const personKind = insurance === "resident" ? "resident" : pick(["active", "retired"]);
    return { person: `P${i}`, insurance, personKind, district: pick(world.districts) };
  });
  const places = Object.keys(world.facilities).filter((code) => code !== world.pharmacy);
  return world.years.flatMap((year) =>
    Array.from({ length: world.billsPerYear }, (_, i): Bill => {
      const who = pick(people);
      const medType = pick(world.medTypes[who.insurance]);
      const [category, care] = world.categories[medType]!;
      const facility = medType === "41" && world.pharmacy !== undefined ? world.pharmacy : pick(places);
      const [place, , level, ownership, facilityKind] = world.facilities[facility]!;
      const region = regionOf(who.district, place);
      const stay = care === "inpatient";
      const employee = who.insurance === "employee";
      const fee = stay ? whole(50_000, 900_000) : whole(5_000, 60_000);
      const scope = Math.floor((fee * whole(70, 95)) / 100);
      const pool = care === "pharmacy" ? 0 : Math.floor((scope * whole(40, 80)) / 100);
      const part = (chance: number, percent: number, when = true): number =>
        when && next() < chance ? Math.floor(((fee - pool) * percent) / 100) : 0;
      const amounts = {
        critical: part(0.25, 20, stay && !employee),
        large: part(0.25, 20, stay && employee),
        aid: part(0.15, 10),
        civil: part(0.2, 10, employee),
        account: part(0.6, 40, employee && !stay && care !== "maternity"),
      };
      const day = `${year}-${two(pick(world.months))}-${two(whole(1, 28))}`;
      const channel = region === "county" || region === "city" || next() > 0.3 ? "direct" : "manual";
      return {
        ...{ id: `S${year}-${i}`, year, day, ...who, facility, place, tier: tierOf(level), ownership },
        ...{ facilityKind, region, channel, medType, category, care, days: stay ? whole(2, 15) : 0 },
        ...{ fee, scope, pool, ...amounts },
      };
    }),
  );
}

const yuan = (fen: number): string => (fen / 100).toFixed(2);

/** The bill as stream `settlement` carries it. */
export function settlementOf(b: Bill): Record<string, unknown> {
  const fund = b.pool + b.critical + b.large + b.aid + b.civil;
  return {
    ...{
      setl_id: b.id,
      mdtrt_id: `M${b.id}`,
      setl_time: `${b.day} 10:00:00`,
      updt_time: `${b.day} 10:00:00`,
    },
    ...{ psn_no: b.person, psn_type: PSN_TYPE[b.personKind], insu_admdvs: b.district },
    insutype: b.care === "maternity" ? "510" : b.insurance === "employee" ? "310" : "390",
    ...{ fixmedins_code: b.facility, med_type: b.medType, setl_type: b.channel === "manual" ? "1" : "2" },
    ...{ medfee_sumamt: yuan(b.fee), inscp_scp_amt: yuan(b.scope), hifp_pay: yuan(b.pool) },
    ...{ hifmi_pay: yuan(b.critical), hifob_pay: yuan(b.large), maf_pay: yuan(b.aid) },
    ...{ cvlserv_pay: yuan(b.civil), fund_pay_sumamt: yuan(fund), acct_pay: yuan(b.account) },
    psn_cash_pay: yuan(b.fee - fund - b.account),
    ...(b.days > 0 ? { ipt_days: b.days, begndate: b.day, enddate: b.day } : {}),
  };
}

export const facilitiesCsv = (world: World): string =>
  `fixmedins_code,admdvs,name,hosp_lv,ownership,kind\n${Object.entries(world.facilities)
    .map(([code, [admdvs, name, level, ownership, kind]]) =>
      [code, admdvs, name, level, ownership, kind].join(),
    )
    .join("\n")}\n`;
