import fc from "fast-check";
import { canonicalForm, parseAvro, rabinFingerprint } from "../../../connectors/decode/avro/schema.js";
import { AvroRecordWriter } from "../../../pipelines/simulate/write/avro.js";
import { Settlement } from "../../../schemas/input/settlement.js";
import { AMOUNT_FIELDS, avroSchema } from "../../../schemas/input/streams.js";

const HEADER = Buffer.concat([
  Buffer.of(0xc3, 0x01),
  rabinFingerprint(canonicalForm(parseAvro(JSON.stringify(avroSchema("settlement"))))),
]);
const word = fc.constantFrom(
  "",
  "310",
  "21",
  "620725",
  "H1",
  " H 1",
  "ＡＢ",
  "山丹",
  "x".repeat(30),
  "110101199003071232",
);
const day = fc.constantFrom(Number.NaN, 19_000, 0, -100_000, 60_000);
const TEXTS = [
  "setl_id",
  "init_setl_id",
  "mdtrt_id",
  "psn_no",
  "insutype",
  "psn_type",
  "insu_admdvs",
  "fixmedins_code",
  "hosp_lv",
  "med_type",
  "clr_way",
  "dise_no",
] as const;

/** Settlements in the single-object encoding under our own schema; some cut off, some with bytes behind. */
export const writtenAvro: fc.Arbitrary<Buffer> = fc
  .record({
    texts: fc.array(word, { minLength: TEXTS.length, maxLength: TEXTS.length }),
    time: fc.constantFrom(0, 1_709_222_400_000, -62_135_596_800_000, 253_402_300_799_999),
    days: fc.tuple(day, day, fc.constantFrom(Number.NaN, 0, 6, -6)),
    fen: fc.array(fc.constantFrom(Number.NaN, 0, 1, -1, 12_345, 999_999_999_999), {
      minLength: AMOUNT_FIELDS.length,
      maxLength: AMOUNT_FIELDS.length,
    }),
    frame: fc.constantFrom(0, 0, 0, 0, -1, -7, 1),
  })
  .map(({ texts, time, days, fen, frame }) => {
    const s = new Settlement();
    TEXTS.forEach((name, i) => {
      s[name] = texts[i];
    });
    s.setl_time = time;
    s.updt_time = time;
    [s.begndate, s.enddate, s.ipt_days] = days;
    fen.forEach((value, i) => {
      s.amounts[i] = Number.isNaN(value) && (i === 0 || AMOUNT_FIELDS[i] === "fund_pay_sumamt") ? 0 : value;
    });
    const writer = new AvroRecordWriter();
    writer.write({ stream: "settlement", record: s });
    const whole = Buffer.concat([HEADER, writer.buffer.subarray(0, writer.length)]);
    if (frame > 0) return Buffer.concat([whole, Buffer.of(0)]);
    return Buffer.from(whole.subarray(0, whole.length + frame));
  });
