import fc from "fast-check";
import { type Money, money } from "./amounts.js";
import { DIVISIONS, FACILITY_CODES, INSURANCE_CODES, MED_TYPES } from "./world.js";

/** Fields of a bill that a correction may move, before they are written down. */
export interface Facts {
  readonly time: number;
  readonly person: number;
  readonly psnType: string;
  readonly insutype: string;
  readonly insured: string;
  readonly facility: string;
  readonly blng: string;
  readonly level: string;
  readonly medType: string;
  readonly disease: string;
  readonly setlType: string;
  readonly clrWay: string;
  readonly mid: string;
  readonly admission: string;
  readonly stayDays: number | null;
  readonly iptDays: number | null;
  readonly money: Money;
}

/** Instants near the ends of months at local midnight (Shanghai), over fifteen months and two year ends. */
const times: number[] = [];
for (let m = 0; m < 16; m++) {
  const start = Date.UTC(2023, 10 + m, 1) - 8 * 3_600_000;
  for (const offset of [-1, 0, 86_400_000 * 9.5, 86_400_000 * 10, 86_400_000 * 14.6])
    times.push(start + offset);
}
export const INSTANTS: readonly number[] = times
  .filter((t) => t < Date.parse("2025-02-20T00:00:00Z"))
  .slice(1);

/** Half of all settlements fall into three months, so that groups collide. */
const instant = fc.oneof(
  fc.constantFrom(...INSTANTS),
  fc.constantFrom(...INSTANTS.filter((t) => t > Date.parse("2024-11-20Z") && t < Date.parse("2025-01-20Z"))),
);
const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

/** Mostly the county, often one of the special ones, so that two of a kind meet. */
const division = fc.oneof(
  { weight: 5, arbitrary: fc.constant("620725") },
  { weight: 3, arbitrary: fc.constantFrom("620700", "620799", "429004") },
  { weight: 3, arbitrary: fc.constantFrom(...DIVISIONS) },
);

const facts: fc.Arbitrary<Facts> = fc.record({
  time: instant,
  person: fc.nat({ max: 5 }),
  psnType: fc.constantFrom("1101", "1201", "1300", "1401", "1501", "1602", "", "9900"),
  insutype: fc.constantFrom(...INSURANCE_CODES),
  insured: division,
  facility: fc.constantFrom("H1", "H1", ...FACILITY_CODES),
  blng: fc.oneof({ weight: 1, arbitrary: fc.constant("") }, { weight: 2, arbitrary: division }),
  level: fc.constantFrom("", "01", "04", "05", "07", "08", "10", "11"),
  medType: fc.constantFrom("21", ...MED_TYPES),
  disease: fc.constantFrom("", "", "D1", "D2", "D3"),
  setlType: fc.constantFrom("", "1", "2"),
  clrWay: fc.constantFrom("", "10", "20", "2", "30"),
  mid: mostly("", "0", "1"),
  admission: mostly("", "0", "1"),
  stayDays: mostly(1, 0, 7, 40, 7, 0, -2),
  iptDays: fc.constantFrom(null, null, 0, 1, 12),
  money,
});

/** What a correction changes; `nothing` and `refd flag` are equal content at another time. */
const changes = fc.constantFrom(
  ...([
    ...[
      "time",
      "person",
      "insutype",
      "insured",
      "facility",
      "medType",
      "disease",
      "money",
      "mid",
      "admission",
      "stayDays",
    ],
    ...["iptDays", "setlType", "clrWay", "psnType", "blng", "level", "time", "facility", "money"],
  ] as (keyof Facts)[]),
);

export const DEFECTS = [
  "no psn_no",
  "no setl_time",
  "no insu_admdvs",
  "no medfee_sumamt",
  "no begndate",
  "insutype",
  "setl_time text",
  "amount text",
  "three decimals",
  "identity A",
  "identity B",
  "sign",
  "unknown category",
  "future setl_time",
  "future updt_time",
  "too old",
  "short division",
] as const;

interface Common {
  /** How many later records arrive before this one. */
  readonly delay: number;
  readonly partition: number;
  /** Coarse order of `updt_time`, independent of the order of arrival. */
  readonly rank: number;
  /** Number of times the same content arrives again elsewhere. */
  readonly copies: number;
  /** How its times are written. */
  readonly clock: "offset" | "utc" | "local";
}

export type Intent = Common &
  (
    | { readonly kind: "bill"; readonly facts: Facts; readonly vali: string }
    | {
        readonly kind: "version";
        readonly target: number;
        readonly change: readonly (keyof Facts)[];
        readonly facts: Facts;
        readonly vali: string | null;
        readonly refdFlag: string | null;
        readonly otherOriginal: number | null;
      }
    | {
        readonly kind: "refund";
        readonly target: number;
        readonly known: boolean;
        readonly full: boolean;
        readonly facts: Facts;
        readonly ownPerson: boolean;
        readonly vali: string;
      }
    | {
        readonly kind: "facility";
        readonly code: string;
        readonly admdvs: string;
        readonly tier: string | null;
        readonly level: string | null;
        readonly ownership: string;
        readonly type: string;
        readonly from: string;
        readonly to: string;
      }
    | {
        readonly kind: "broken";
        readonly target: number | null;
        readonly facts: Facts;
        readonly defect: (typeof DEFECTS)[number];
      }
  );

const common = {
  delay: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 60 }) }),
  partition: fc.nat({ max: 2 }),
  rank: fc.nat({ max: 9 }),
  copies: mostly(0, 1, 2),
  clock: fc.constantFrom<Common["clock"]>("offset", "utc", "local"),
};
const vali = mostly("1", "", "0", "2");
const target = fc.nat({ max: 59 });

const boundary = fc.constantFrom("", "2024-01-01", "2024-06-15", "2024-12-11", "2024-12-31", "2025-01-01");

export const intents: fc.Arbitrary<Intent> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({ ...common, kind: fc.constant("bill" as const), facts, vali }),
  },
  {
    weight: 7,
    arbitrary: fc.record({
      ...common,
      kind: fc.constant("version" as const),
      target,
      change: fc.array(changes, { maxLength: 3 }),
      facts,
      vali: mostly<string | null>(null, "0", "1", "2"),
      refdFlag: fc.constantFrom(null, "0", "1"),
      otherOriginal: mostly<number | null>(null, 0, 1, 2, 3, 5),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      ...common,
      kind: fc.constant("refund" as const),
      target,
      known: mostly(true, false),
      full: fc.boolean(),
      facts,
      ownPerson: mostly(false, true),
      vali,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      ...common,
      kind: fc.constant("facility" as const),
      code: fc.constantFrom("H1", "H2", "H3", "H4", "H4"),
      admdvs: division,
      tier: fc.constantFrom(null, "0", "1", "2", "3"),
      level: fc.constantFrom(null, "01", "06", "09", "11"),
      ownership: fc.constantFrom("", "public", "private"),
      type: fc.constantFrom("", "hospital", "village"),
      from: boundary,
      to: boundary,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...common,
      kind: fc.constant("broken" as const),
      target: fc.oneof(fc.constant(null), target),
      facts,
      defect: fc.constantFrom(...DEFECTS),
    }),
  },
);
