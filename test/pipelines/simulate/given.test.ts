import { expect, test } from "vitest";
import { normaliseRecord, type SmallStream, textOf } from "../../../aggregations/streams/record.js";
import { validateRecord } from "../../../aggregations/streams/validate.js";
import { givenEvents } from "../../../pipelines/simulate/given.js";
import { huining } from "../../../pipelines/simulate/huining.js";
import { shandan } from "../../../pipelines/simulate/shandan.js";
import { SHANDAN_DIP } from "../../../pipelines/simulate/shandan-given.js";
import { INSURANCES } from "../../../schemas/dimensions.js";
import { STREAMS } from "../../../schemas/input/streams.js";

const NOW = Date.UTC(2024, 6, 31);
const PROFILES = [shandan(), huining()];

test.each(PROFILES)("$name: every record is valid and has a key of its own", (profile) => {
  const keys = new Set<string>();
  let count = 0;
  for (const { stream, record } of givenEvents(profile)) {
    count++;
    expect(
      validateRecord(stream as SmallStream, normaliseRecord(stream as SmallStream, record as never), {
        now: NOW,
        insurances: INSURANCES,
      }),
    ).toBeNull();
    keys.add(`${stream} ${STREAMS[stream].key.map((k) => (record as never)[k]).join()}`);
  }
  expect(keys.size).toBe(count);
  expect(count).toBeGreaterThan(1);
});

test("months add up to the sums of each facility; no cases are said once", () => {
  const sums = new Map<string, [cases: number, ffs: number, dip: number, records: number]>();
  for (const event of givenEvents(shandan())) {
    if (event.stream !== "dip-result") continue;
    const record = event.record;
    const key = `${textOf(record, "insurance")} ${textOf(record, "fixmedins_code")}`;
    const sum = sums.get(key) ?? [0, 0, 0, 0];
    sums.set(key, [
      sum[0] + Number(record.cases),
      sum[1] + Number(record.fee_for_service_amount),
      sum[2] + Number(record.dip_amount),
      sum[3] + 1,
    ]);
  }
  const facilities = new Map(shandan().facilities.flatMap((f) => f.tokens.map((t) => [t, f.code] as const)));
  expect(sums.size).toBe(SHANDAN_DIP.length);
  for (const { facility, insurance, cases, ffs, dip } of SHANDAN_DIP) {
    const records = cases === 0 ? 1 : 6;
    expect(sums.get(`${insurance} ${facilities.get(facility)}`)).toEqual([cases, ffs, dip, records]);
  }
});
