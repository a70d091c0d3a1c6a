import type { BookedFact, DipFact, StatedFact } from "./profile.js";

const MONTHS = ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05", "2024-06"];
const wan = (amount: number): number => Math.round(amount * 1_000_000);

/** Facility, then cases, fee for service and DIP amount in fen: of the residents, of the employees. */
const DIP: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ["qingquan", [184, 20_048_210, 22_948_068], [5, 676_753, 914_891]],
  ["dongle", [182, 14_401_805, 14_554_544], [1, 68_171, 93_810]],
  ["liqiao", [199, 21_098_542, 23_069_109], [0, 0, 0]],
  ["chenhu", [57, 5_203_871, 5_671_444], [0, 0, 0]],
  ["chenhu_xinhe", [45, 4_041_744, 3_326_318], [0, 0, 0]],
  ["damaying", [109, 10_274_674, 9_210_954], [0, 0, 0]],
  ["huazhai", [85, 8_840_760, 7_670_493], [0, 0, 0]],
  ["weiqi", [29, 3_359_469, 3_527_338], [0, 0, 0]],
  ["laojun", [69, 4_957_838, 4_178_181], [0, 0, 0]],
  ["huocheng", [90, 9_446_195, 9_193_523], [1, 1_626, 1_560]],
  ["people", [4_247, 933_313_896, 742_676_938], [618, 188_684_049, 191_087_322]],
  ["tcm", [4_062, 886_857_171, 743_380_153], [334, 90_122_349, 103_178_830]],
  ["maternal", [858, 143_694_193, 115_680_038], [53, 12_189_386, 13_472_536]],
  ["tonghe", [647, 142_874_989, 107_538_871], [128, 36_423_643, 37_664_611]],
  ["renhui", [349, 75_356_922, 48_632_803], [36, 8_437_773, 7_777_503]],
];

/** Exact sums behind the printed DIP tables: each of them, their differences and rates print as there. */
export const SHANDAN_DIP: readonly DipFact[] = DIP.flatMap(([facility, residents, employees]) =>
  [residents, employees].map(([cases, ffs, dip], i) => ({
    facility,
    insurance: i === 0 ? "resident" : "employee",
    months: MONTHS,
    cases,
    ffs,
    dip,
  })),
);

const book = (
  fund: string,
  kind: string,
  subject: string,
  amount: number,
  book_date: string,
): BookedFact => ({ fund, kind, subject, fen: wan(amount), book_date });

/** What the report says of the funds' books. */
export const SHANDAN_BOOKED: readonly BookedFact[] = [
  book("resident", "income", "levy", 5566.81, "2024-03-31"),
  book("resident", "budget_income", "levy", 5738, "2024-01-01"),
  book("resident", "budget_income", "subsidy_local", 259.38, "2024-01-01"),
  book("employee_pool", "income", "levy", 6485.85, "2024-06-30"),
  book("employee_pool", "budget_income", "levy", 11825.34, "2024-01-01"),
  book("civil_servant", "income", "levy", 676.27, "2024-06-30"),
  book("civil_servant", "income", "interest", 11.06, "2024-06-21"),
  // Maternity is insured together with the employees' health insurance here. The prose adds 生育 up to 142.79.
  { ...book("maternity", "expense", "allowance", 83.6036, "2024-06-28"), insurance: "employee" },
];

const fact = (
  indicator: string,
  value: string,
  unit: string,
  dimensions: Readonly<Record<string, string>>,
): StatedFact => ({ indicator, period: "2024H1", stated: "2024-07-01", value, unit, dimensions });

/** What other offices report. */
export const SHANDAN_FACTS: readonly StatedFact[] = [
  fact("certified_cases", "20380", "visit", { insurance: "resident", category: "门诊慢特病" }),
  fact("certified_cases", "6737", "visit", { insurance: "employee", category: "门诊慢特病" }),
  ...[
    ["subsidised_persons", "1330", "22978", "24308", "person"],
    ["subsidised_amount", "505400", "4333700", "4839100", "yuan"],
  ].flatMap(([indicator, full, fixed, all, unit]) => [
    fact(indicator, full, unit, { insurance: "resident", subsidy: "full" }),
    fact(indicator, fixed, unit, { insurance: "resident", subsidy: "fixed" }),
    fact(indicator, all, unit, { insurance: "resident" }),
  ]),
];
