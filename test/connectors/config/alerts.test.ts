import { expect, test } from "vitest";
import { describeConfig, parseConfig } from "../../../connectors/config/load.js";
import { DEFAULT_ALERTS } from "../../../schemas/alerts/rule.js";

const MINIMAL = `jurisdiction: {name: 山丹县, admdvs: "620725", level: county}
source: {kind: folder}
privacy: {personKey: "k"}
`;
const load = (text: string, env: Record<string, string> = {}) =>
  parseConfig(`${MINIMAL}${text}`, "/w/fundpulse.yaml", env);
const refusal = (text: string): string => {
  try {
    load(text);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("accepted");
};

test("alerts left out are the default rules, all of them sound; an empty list turns them off", () => {
  expect(load("").config.alerts.map((r) => r.name)).toEqual(DEFAULT_ALERTS.map((r) => r.name));
  expect(load("").warnings).toEqual([]);
  expect(load("alerts: []\n").config.alerts).toEqual([]);
});

test("the rule of the manual is read as it is written", () => {
  const { alerts } = load(`alerts:
  - name: 职工统筹支出超进度
    indicator: settled_progress
    where: {fund: employee_pool}
    period: year
    aheadOfYear: 0.05
    severity: warning
    hold: 3
  - {name: 县医院次均, indicator: avg_fee, where: {care: inpatient, facility: "*"}, period: month, changeAbove: 0.1, atLeast: {visits: 30}}
`).config;
  expect(alerts[0]).toMatchObject({ where: { fund: "employee_pool" }, hold: 3 });
  expect(alerts[1]).toMatchObject({ atLeast: { visits: 30 }, severity: "warning", hold: 1 });
});

test.each([
  ["{name: a, indicator: avg_fees, above: 1}", "did you mean avg_fee?"],
  ["{name: a, indicator: avg_fee, above: 1, where: {car: inpatient}}", "did you mean care?"],
  ["{name: a, indicator: avg_fee, above: 1, period: quarte}", "did you mean quarter?"],
  ["{name: a, indicator: avg_fee, abov: 1}", "did you mean above?"],
  ["{name: a, indicator: avg_fee}", "asks nothing; give one of aheadOfYear, above"],
  [
    '{name: a, indicator: avg_fee, above: 1, where: {care: "*", facility: "*"}}',
    'one dimension at most may be "*"',
  ],
  [
    '{name: a, indicator: avg_fee, above: 1, where: {tier: "3"}}',
    "avg_fee is not published by tier; `groupings` has total, care",
  ],
  ["{name: a, indicator: persons, above: 1, period: day}", "persons is not counted by day"],
  [
    "{name: a, indicator: income, above: 1, where: {fund: aid}, period: day}",
    "income has no figures of days",
  ],
  [
    "{name: a, indicator: settled_progress, above: 1, where: {subject: levy}}",
    "settled_progress is not published by subject",
  ],
  ["{name: a, indicator: fee, aheadOfYear: 0.1}", "takes a share of the year's money"],
  ["{name: a, indicator: fee, where: {care: inpatient}, aheadOfPeers: upper}", 'where needs facility: "*"'],
  ["{name: a, indicator: fee, above: 1, atLeast: {visit: 3}}", "did you mean visits?"],
  ["{name: a, indicator: quarantine_age, above: 1}", 'quarantine_age needs reason: "*"'],
  ["{name: a, indicator: published_age, changeAbove: 1}", "published_age takes above and below alone"],
  [
    "{name: a, indicator: fee, above: 1}, {name: a, indicator: fee, above: 2}",
    "another rule is called a too",
  ],
])("%s is refused, and the message helps", (rules, message) => {
  expect(refusal(`alerts: [${rules}]\n`)).toContain(message);
});

test("channels are read; two need names, an unknown kind is named", () => {
  const two = "notify: [{kind: wecom, url: 'https://a.b/c'}, {kind: wecom, url: 'https://a.b/d'}]\n";
  expect(refusal(two)).toContain("another channel is called wecom too");
  expect(refusal("notify: [{kind: wechat, url: 'https://a.b/c'}]\n")).toContain("wecom");
  const { notify } = load(two.replace("d'}", "d', name: 二组}")).config;
  expect(notify.map((c) => c.name ?? c.kind)).toEqual(["wecom", "二组"]);
});

test("addresses of robots, secrets and passwords are shown nowhere", () => {
  const text = `notify:
  - {kind: feishu, url: "https://open.feishu.cn/open-apis/bot/v2/hook/hidden-key", secret: hidden-secret}
  - {kind: email, host: h, password: hidden-password, from: a@b, to: [c@d]}
`;
  const shown = describeConfig(load(text).config);
  expect(shown).not.toContain("hidden");
  expect(shown).toContain("feishu");
  expect(refusal("notify: [{kind: feishu, url: hidden-key}]\n")).not.toContain("hidden");
});
