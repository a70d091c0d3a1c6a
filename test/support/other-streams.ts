import { dayOf, monthEnd, monthNumber } from "../../aggregations/calendar.js";
import { Random } from "../../pipelines/simulate/random.js";
import type { SimEvent } from "../../pipelines/simulate/write/event.js";
import type { StreamRecord } from "../../schemas/input/settlement.js";
import type { StreamName } from "../../schemas/input/streams.js";

type Stream = Exclude<StreamName, "settlement">;

const FUNDS = ["employee_pool", "employee_account", "resident", "aid"];
const OWN = "620725";
const DISTRICTS = ["620702", OWN];
const DIMENSIONS: readonly (Record<string, string> | null)[] = [
  null,
  { person_group: "registered_poor" },
  { facility_kind: "village" },
];
const DAY_MS = 86_400_000;

/**
 * Records of the streams beside settlements for whole years: funds booked, budgeted and opened, people
 * by group and sex, DIP by facility, facts with dimensions, facilities that change in the midst of a year.
 * About one record in four comes again: corrected, outdated or equal.
 */
export function otherStreams(
  years: readonly number[],
  facilities: readonly StreamRecord[],
  seed: number,
): SimEvent[] {
  const random = new Random(seed);
  const events: SimEvent[] = [];
  const amount = (): number => random.below(90_000_000);
  const put = (stream: Stream, day: number, record: StreamRecord, corrected: StreamRecord): void => {
    const first = { ...record, updt_time: day * DAY_MS };
    events.push({ stream, record: first });
    const later = { ...first, ...corrected, updt_time: (day + 5) * DAY_MS };
    if (random.chance(0.15)) events.push({ stream, record: later });
    else if (random.chance(0.1)) events.push({ stream, record: { ...first, updt_time: (day + 1) * DAY_MS } });
  };
  for (const year of years) {
    for (const fund of FUNDS) {
      const entry = (
        name: string,
        day: number,
        kind: string,
        subject: string,
        more: StreamRecord = {},
      ): void =>
        put(
          "fund-entry",
          day,
          {
            entry_id: `${fund}-${year}-${name}`,
            fund,
            admdvs: fund === "aid" ? random.pick(DISTRICTS) : OWN,
            kind,
            subject,
            amount: amount(),
            book_date: day,
            insurance: null,
            group: null,
            beneficiaries: null,
            ...more,
          },
          { amount: amount() },
        );
      const opens = dayOf(year, 1, 1);
      entry("opening", opens, "opening_balance", "other");
      entry("budget-in", opens, "budget_income", "levy");
      entry("budget-out", opens, "budget_expense", "benefit");
      for (let month = 1; month <= 12; month++) {
        entry(`in-${month}`, dayOf(year, month, 10), "income", random.pick(["levy", "prepayment"]));
        entry(`out-${month}`, dayOf(year, month, 20), "expense", "benefit", {
          group: fund === "employee_pool" ? random.pick(["government", "enterprise", null]) : null,
          beneficiaries: random.below(500),
        });
      }
    }
    for (const month of [1, 4, 9]) {
      for (const insurance of ["employee", "resident"]) {
        for (const group of insurance === "employee" ? ["active", "retired"] : [null]) {
          for (const [sex, admdvs] of [
            [null, OWN],
            ["female", OWN],
            ["male", "620702"],
          ]) {
            const persons = random.below(9_000);
            put(
              "enrolment",
              dayOf(year, month, 1),
              {
                as_of: dayOf(year, month, 1),
                admdvs: admdvs!,
                insurance,
                group,
                sex: sex!,
                persons,
                paid_persons: random.below(persons + 1),
                target_persons: persons,
              },
              { persons: persons + 1 },
            );
          }
        }
      }
    }
    for (const facility of facilities.slice(0, 3)) {
      for (let month = 1; month <= 12; month += 2) {
        put(
          "dip-result",
          monthEnd(monthNumber(year, month)),
          {
            result_id: `${facility.fixmedins_code}-${year}-${month}`,
            fixmedins_code: facility.fixmedins_code!,
            insurance: random.pick(["employee", "resident"]),
            settled_month: `${year}-${String(month).padStart(2, "0")}`,
            cases: random.below(300),
            fee_for_service_amount: amount(),
            dip_amount: amount(),
            deposit_rate: random.pick([null, "0.03"]),
          },
          { dip_amount: amount() },
        );
      }
    }
    for (const period of [`${year}-03`, `${year}Q2`, `${year}H1`, `${year}`]) {
      for (const dimensions of DIMENSIONS) {
        put(
          "reported-fact",
          dayOf(year, 12, 1),
          {
            fact_id: `${period}-${JSON.stringify(dimensions)}`,
            indicator: "facilities_inspected",
            period,
            admdvs: OWN,
            dimensions,
            value: String(random.below(400)),
            unit: "facility",
            reported_by: null,
          },
          { value: String(random.below(400)) },
        );
      }
    }
    // From the second half of each year on, a facility is of another level.
    const facility = facilities[year % facilities.length]!;
    const record = { ...facility, hosp_lv: random.pick(["02", "05", "08"]), valid_from: dayOf(year, 7, 1) };
    put("facility", dayOf(year, 7, 1), record, { hosp_lv: "11" });
  }
  return events;
}
