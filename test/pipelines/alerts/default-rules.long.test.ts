import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dayOf, dayText } from "../../../aggregations/calendar.js";
import { retally } from "../../../connectors/state/tallies.js";
import { DEFAULT_ALERTS } from "../../../schemas/alerts/rule.js";
import { type HttpReceiver, httpReceiver, type SmtpReceiver, smtpReceiver } from "../../support/receivers.js";
import { settlement, Workspace } from "../../support/workspace.js";

/*
 * A year made for the default rules: as of 30 June 2024 each of them has something to say, but the one that
 * speaks of publishing itself. In July everything is put right.
 */
const HOUR = 3_600_000;
const JULY_1 = Date.UTC(2024, 6, 1, 4);
const PEERS = ["H62072500002", "H62072500003", "H62072500004", "H62072500005"];
const DEAR = "H62072500001";
const OFTEN = "H62072500006";
const SILENT = "H62072500007";
const OUTSIDE = "H62070200001";
const FACILITIES = [
  "fixmedins_code,admdvs,name,hosp_lv,ownership,kind",
  ...[DEAR, ...PEERS, OFTEN, SILENT].map((code) => `${code},620725,院${code.slice(-1)},05,public,hospital`),
  `${OUTSIDE},620702,市院,02,public,hospital`,
].join("\n");

let n = 0;
const bill = (facility: string, day: string, yuan: number, more: Record<string, unknown> = {}) => {
  const id = `S${++n}`;
  const time = `${day} 10:00:00`;
  return settlement(id, {
    fixmedins_code: facility,
    setl_time: time,
    updt_time: time,
    psn_no: `P${n}`,
    medfee_sumamt: `${yuan}.00`,
    inscp_scp_amt: `${yuan}.00`,
    hifp_pay: `${yuan}.00`,
    fund_pay_sumamt: `${yuan}.00`,
    psn_cash_pay: "0.00",
    ...more,
  });
};
const stay = (facility: string, day: string, yuan: number, person?: string) =>
  bill(facility, day, yuan, {
    med_type: "21",
    begndate: day,
    enddate: day,
    ipt_days: 1,
    ...(person === undefined ? {} : { psn_no: person }),
  });
const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));
const entry = (id: string, kind: string, yuan: number, day: string, updated = day) => ({
  entry_id: id,
  fund: "resident",
  admdvs: "620725",
  kind,
  subject: "other",
  amount: `${yuan}.00`,
  book_date: day,
  updt_time: `${updated} 12:00:00`,
});
const days = (from: [number, number, number], to: [number, number, number]): string[] => {
  const list: string[] = [];
  for (let d = dayOf(...from); d <= dayOf(...to); d++) list.push(dayText(d));
  return list;
};

/** Settled in 2024 until 30 June: 30 × 1,200 + 120 × 1,000 + 40 × 1,000 + 90 × 1,000, and ten yuan a day or so. */
const events = () => [
  ...["2023-05-10", "2024-05-10"].flatMap((day) => [
    ...times(30, () => stay(DEAR, day, day < "2024" ? 1000 : 1200)),
    ...PEERS.flatMap((facility) => times(30, () => stay(facility, day, 1000))),
    ...times(40, (i) => stay(OFTEN, day, 1000, `OFTEN${day < "2024" ? i : i % 20}`)),
    ...times(day < "2024" ? 30 : 90, () => stay(OUTSIDE, day, 1000)),
  ]),
  ...days([2024, 3, 1], [2024, 5, 10]).map((day) => bill(SILENT, day, 10)),
  ...days([2024, 1, 1], [2024, 6, 30]).map((day) => bill(PEERS[0]!, day, 10)),
];
const books = [
  entry("B", "budget_expense", 400_000, "2024-01-01"),
  entry("O", "opening_balance", 700_000, "2024-01-01"),
  ...times(6, (i) => entry(`E${i}`, "expense", 100_000, `2024-0${i + 1}-20`)),
];

let w: Workspace;
let http: HttpReceiver;
let smtp: SmtpReceiver;
beforeAll(async () => {
  // Each refuses what it is first given, three times.
  http = await httpReceiver((count, response) => {
    response.statusCode = count < 3 ? 500 : 200;
    response.end();
  });
  smtp = await smtpReceiver((count) => (count < 3 ? "451 later" : "250 ok"));
  w = new Workspace({
    notify: [
      { kind: "webhook", url: http.url },
      { kind: "email", host: "127.0.0.1", port: smtp.port, secure: false, from: "f@x.org", to: ["o@x.org"] },
    ],
  });
  w.reference("facilities", FACILITIES);
}, 60_000);
afterAll(async () => {
  await http.close();
  await smtp.close();
  w.remove();
});

const open = async (): Promise<string[]> =>
  (await w.query("SELECT DISTINCT rule FROM alert WHERE state = 'open' ORDER BY rule")).map((r) =>
    String(r.rule),
  );
const events_ = async (event: string): Promise<string[]> =>
  (await w.query(`SELECT alert FROM alert_event WHERE event = '${event}' ORDER BY alert`)).map((r) =>
    String(r.alert),
  );
const verified = (differences: number): void => {
  const db = new Database(w.state);
  const facts = { at: JULY_1, version: 1, sequence: 1, figures: 9, differences, hash: "h" };
  db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('verified', ?)").run(JSON.stringify(facts));
  retally(db, ["meta"]);
  db.close();
};

test("each default rule fires on what was made for it", async () => {
  w.put("settlement-1.ndjson", [...events(), settlement("BAD", { psn_cash_pay: "41.00" })]);
  w.put("fund-entry-1.ndjson", books);
  await w.drain(() => JULY_1);
  const closed = await w.engine(
    (engine) => engine.close("2024-04", { force: true }),
    () => JULY_1,
  );
  expect(closed.outcome).toBe("closed");
  verified(1);
  // April gets more since its close; a day goes by, in which the quarantined record waits.
  w.put("settlement-2.ndjson", [{ ...bill(PEERS[0]!, "2024-04-15", 10), setl_id: "LATE" }]);
  await w.drain(() => JULY_1 + 25 * HOUR);
  const rules = DEFAULT_ALERTS.filter((r) => r.indicator !== "published_age").map((r) => r.name);
  expect(await open()).toEqual([...rules].sort());
  const found = await w.query(
    "SELECT rule, subject_zh, value::VARCHAR AS value, measured::VARCHAR AS measured FROM alert WHERE severity = 'critical' OR facility IS NOT NULL ORDER BY rule, subject_zh",
  );
  expect(found).toEqual(
    expect.arrayContaining([
      // 700,000 − 6 × 100,000, over 100,000 a month.
      { rule: "基金可支付月数过低", subject_zh: "居民基金", value: "1.000000", measured: "1.000000" },
      {
        rule: "机构住院次均费用异常上涨",
        subject_zh: "院1·住院",
        value: "1200.000000",
        measured: "0.200000",
      },
      { rule: "机构住院人次人头比偏高", subject_zh: "院6·住院", value: "2.000000", measured: "2.000000" },
      { rule: "机构长时间无结算数据", subject_zh: "院7", value: "51.000000", measured: "51.000000" },
      { rule: "核对发现差异", subject_zh: "核对差异", value: "1.000000", measured: "1.000000" },
    ]),
  );
}, 120_000);

test("an alert that stands opens once, however many versions come", async () => {
  const before = await events_("opened");
  w.put("settlement-3.ndjson", [bill(PEERS[1]!, "2024-06-30", 10)]);
  await w.drain(() => JULY_1 + 26 * HOUR);
  expect(await events_("opened")).toEqual(before);
  expect(new Set(before).size).toBe(before.length);
}, 120_000);

test("receivers that failed three times have every message, none twice", async () => {
  await w.drain(() => JULY_1 + 28 * HOUR);
  await w.drain(() => JULY_1 + 30 * HOUR);
  await w.drain(() => JULY_1 + 32 * HOUR);
  const opened = (await events_("opened")).map((id) => `${id}.opened`);
  const accepted = http.received.slice(3).map((r) => JSON.parse(r.body).id as string);
  expect(accepted.sort()).toEqual(opened);
  const mails = smtp.mails.map((m) => /^X-Fundpulse-Id: (.*)$/im.exec(m)![1]!);
  expect(mails.sort()).toEqual(opened);
  const [message] = http.received.map((r) => r.body).filter((b) => b.includes("机构住院人次人头比偏高"));
  expect(JSON.parse(message!)).toMatchObject({
    jurisdiction: "山丹县",
    severity: "warning",
    value: "2.000000",
  });
  expect(http.received.map((r) => r.body).join()).not.toContain("OFTEN");
}, 120_000);

test("acknowledging names who and why, and is refused where nothing is open", async () => {
  const [alert] = await w.query("SELECT id FROM alert WHERE rule = '核对发现差异'");
  const ack = (id: string) =>
    w.engine(
      (engine) => engine.alerts.acknowledge(id, "张三", "已转经办"),
      () => JULY_1 + 33 * HOUR,
    );
  await ack(String(alert!.id));
  expect(await w.query("SELECT state, acknowledged_by, note FROM alert WHERE rule = '核对发现差异'")).toEqual(
    [{ state: "acknowledged", acknowledged_by: "张三", note: "已转经办" }],
  );
  await expect(ack(String(alert!.id))).rejects.toThrow("it is acknowledged");
  await expect(ack("nobody-1")).rejects.toThrow("[FP8001]");
}, 120_000);

test("what is put right clears, and is told", async () => {
  verified(0);
  w.put("fund-entry-2.ndjson", [
    entry("B", "budget_expense", 9_000_000, "2024-01-01", "2024-07-02"),
    entry("O", "opening_balance", 9_000_000, "2024-01-01", "2024-07-02"),
  ]);
  w.put("settlement-4.ndjson", [
    {
      ...settlement("LATE"),
      ...bill(PEERS[0]!, "2024-04-15", 10),
      setl_id: "LATE",
      vali_flag: "0",
      updt_time: "2024-07-02 10:00:00",
    },
    bill(SILENT, "2024-07-01", 10),
    bill(PEERS[0]!, "2024-07-02", 10),
  ]);
  await w.engine(
    async (engine) => {
      const waiting = await engine.quarantine.list({});
      await engine.quarantine.dismiss(
        waiting.map((q) => q.id),
        "made up",
      );
    },
    () => JULY_1 + 34 * HOUR,
  );
  await w.drain(() => JULY_1 + 35 * HOUR);
  expect(await open()).toEqual([]);
  const opened = await events_("opened");
  expect(await events_("cleared")).toEqual(opened);
  const told = http.received.slice(3).map((r) => JSON.parse(r.body).id as string);
  expect(told.filter((id) => id.endsWith(".cleared")).sort()).toEqual(opened.map((id) => `${id}.cleared`));
}, 120_000);
