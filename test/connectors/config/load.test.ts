import { expect, test } from "vitest";
import { describeConfig, parseConfig } from "../../../connectors/config/load.js";
import { FundpulseError } from "../../../schemas/errors.js";

const MINIMAL = `jurisdiction: {name: 山丹县, admdvs: "620725", level: county}
source: {kind: folder}
privacy: {personKey: "\${KEY}"}
`;
const ENV = { KEY: "secret-of-the-test" };
const load = (text: string, env: Record<string, string> = ENV) =>
  parseConfig(text, "/ws/fundpulse.yaml", env);

function refusal(text: string, env: Record<string, string> = ENV): string {
  try {
    load(text, env);
  } catch (error) {
    expect(error).toBeInstanceOf(FundpulseError);
    expect((error as FundpulseError).code).toBe("FP1001");
    expect((error as FundpulseError).exitCode).toBe(2);
    return (error as Error).message;
  }
  throw new Error("the configuration was accepted");
}

test("jurisdiction, source and personKey are enough", () => {
  const { config, warnings } = load(MINIMAL);
  expect(warnings).toEqual([]);
  expect(config.timezone).toBe("Asia/Shanghai");
  expect(config.publish.everySeconds).toBe(1);
  expect(config.insurances.employee).toEqual(["310", "340"]);
  expect(config.periods.dayGroupings).toContain("care+facility");
});

test("relative paths start at the configuration file, absolute ones stay", () => {
  const { config } = load(`${MINIMAL}reference: ../ref\ndata: /var/lib/fundpulse\n`);
  expect(config.source).toMatchObject({ path: "/ws/inbox" });
  expect(config.reference).toBe("/ref");
  expect(config.data).toBe("/var/lib/fundpulse");
  const kafka = load(
    `${MINIMAL.replace("{kind: folder}", '{kind: kafka, brokers: ["b:9092"], ssl: {ca: ca.pem}}')}`,
  );
  expect(kafka.config.source).toMatchObject({ ssl: { ca: "/ws/ca.pem", rejectUnauthorized: true } });
});

test("all problems are listed at once, each with line, path and what is allowed", () => {
  const message = refusal(`jurisdiction: {name: 山丹县, admdvs: 620725, level: town}
source: {kind: foldr}
privacy: {personKey: k, smallCells: 5}
perids: {keepDays: 3}
publish: {everySeconds: soon}
careGroups:
  - {name: a, when: {tier: ["4"]}}
reimbursed: [pool_payed]
`);
  expect(message).toContain(
    "fundpulse.yaml:1: jurisdiction.admdvs: must be text: put it in quotes, not a number",
  );
  expect(message).toContain('jurisdiction.level: "town" is not allowed; one of county, city, province');
  expect(message).toContain(
    'fundpulse.yaml:2: source.kind: "foldr" is not allowed; did you mean folder? one of folder, kafka',
  );
  expect(message).toContain(
    "privacy.smallCells: unknown key; did you mean smallCell? (allowed: personKey, smallCell)",
  );
  expect(message).toContain("fundpulse.yaml:4: perids: unknown key; did you mean periods?");
  expect(message).toContain("publish.everySeconds: must be a number, not text");
  expect(message).toContain('careGroups[0].when.tier[0]: "4" is not allowed; one of 0, 1, 2, 3, unknown');
  expect(message).toContain('reimbursed[0]: "pool_payed" is not allowed; did you mean pool_paid?');
  expect(message).toContain("8 problems");
});

test("missing keys are named", () => {
  const message = refusal("timezone: Asia/Shanghai\n");
  expect(message).toContain("jurisdiction: is missing");
  expect(message).toContain("source: is missing");
  expect(message).toContain("privacy: is missing");
});

test("an unknown key inside a Kafka source names the Kafka keys", () => {
  const message = refusal(
    MINIMAL.replace("{kind: folder}", "{kind: kafka, brokers: [b:9092], topic: {settlement: x}}"),
  );
  expect(message).toContain("source.topic: unknown key; did you mean topics?");
  expect(refusal(MINIMAL.replace("{kind: folder}", "{kind: kafka, brokers: [b]}"))).toContain(
    'source.brokers[0]: "b" is not allowed; host:port',
  );
  expect(refusal(MINIMAL.replace("{kind: folder}", "{kind: kafka}"))).toContain("source.brokers: is missing");
});

test("a YAML mistake is reported with its line", () => {
  expect(refusal("jurisdiction: {name: x\nsource: y: z\n")).toMatch(/fundpulse\.yaml:\d+: YAML: /);
  expect(refusal("data: a\ndata: b\n")).toMatch(/fundpulse\.yaml:2: YAML: .*unique/);
  expect(refusal("- a\n")).toContain("must hold keys and values");
  expect(refusal("")).toContain("must hold keys and values");
});

test("an environment variable fills a value; one that is not set is named", () => {
  expect(load(MINIMAL).config.privacy.personKey).toBe(ENV.KEY);
  const message = refusal(MINIMAL, {});
  expect(message).toContain("fundpulse.yaml:3: privacy.personKey: the environment variable KEY is not set");
  expect(message).toContain("one problem");
});

test("a quoted variable stays text, an unquoted one becomes a number", () => {
  const { config } = load(`${MINIMAL}ops:\n  port: \${PORT}\n`, { KEY: "00123", PORT: "9500" });
  expect(config.privacy.personKey).toBe("00123");
  expect(config.ops.port).toBe(9500);
});

test("a doubled dollar sign stands for the text itself", () => {
  expect(load(MINIMAL.replace("$", () => "$$")).config.privacy.personKey).toBe(`\${KEY}`);
});

test("secrets are in no message and in no description", () => {
  const text = MINIMAL.replace(
    "{kind: folder}",
    '{kind: kafka, brokers: ["b:9092"], ssl: true, sasl: {mechanism: plain, username: u, password: secret-of-the-test}, schemaRegistry: {url: "http://u:pw@r:8081"}}',
  );
  const described = describeConfig(load(text).config);
  expect(described).not.toContain(ENV.KEY);
  expect(described).not.toContain("pw@");
  expect(described).toContain("username: u");
  expect(
    refusal(
      MINIMAL.replace(
        "{kind: folder}",
        "{kind: kafka, brokers: [b:1], sasl: {mechanism: plain, username: u, password: 123456}}",
      ),
    ),
  ).not.toContain("123456");
});

test.each([
  ["620725", "county", true],
  ["620700", "county", false],
  ["620700", "city", true],
  ["620725", "city", false],
  ["620000", "city", false],
  ["310000", "city", true],
  ["620000", "province", true],
  ["620700", "province", false],
])("%s as %s: accepted %s", (admdvs, level, accepted) => {
  const text = MINIMAL.replace('"620725"', `"${admdvs}"`).replace("county", level);
  if (accepted) expect(load(text).config.jurisdiction.level).toBe(level);
  else expect(refusal(text)).toContain(`jurisdiction.admdvs: ${admdvs} is not a ${level}'s division`);
});

test("rules between keys are judged even while other keys are wrong", () => {
  const message = refusal(`${MINIMAL}
log: {level: loud}
insurances: {employee: ["310"], resident: ["390", "310"]}
ops: {host: 0.0.0.0}
groupings: [total, care]
personGroupings: [total, care+tier]
periods: {dayGroupings: [care+region]}
`);
  expect(message).toContain("log.level");
  expect(message).toContain("insurances.resident[1]: insutype 310 already belongs to employee");
  expect(message).toContain("ops.host: 0.0.0.0 can be reached from other machines, so ops.token is required");
  expect(message).toContain("personGroupings[1]: care+tier is not one of `groupings`");
  expect(message).toContain("periods.dayGroupings[0]: care+region is not one of `groupings`");
});

test("default person and day groupings follow a shorter list of groupings", () => {
  const { config } = load(`${MINIMAL}groupings: [total, care, care+tier]\n`);
  expect(config.personGroupings).toEqual(["total", "care", "care+tier"]);
  expect(config.periods.dayGroupings).toEqual(["total", "care", "care+tier"]);
});

test("a care group behind a catch-all is a warning", () => {
  const { warnings } = load(`${MINIMAL}careGroups: [{name: all}, {name: never, when: {tier: ["3"]}}]\n`);
  expect(warnings).toEqual([expect.stringContaining("careGroups[1]: never reached")]);
});

test("a key that nothing acts on is a warning where it is not its default, and its secret is not told", () => {
  const key = 'privacy: {personKey: "k"';
  const text = MINIMAL.replace(/^privacy:.*$/m, `${key}, smallCell: 5}`);
  const { warnings } = load(text);
  expect(warnings).toEqual([
    expect.stringMatching(/^privacy\.smallCell: .*does not act on it: small figures are published/),
  ]);
});

test("a monitor that others can reach needs a token, and tokens are told apart and never shown", () => {
  const monitor = (keys: string): string => `${MINIMAL}monitor: {${keys}}\n`;
  expect(refusal(monitor("host: 0.0.0.0"))).toMatch(
    /monitor\.host: 0\.0\.0\.0 .*at least one of monitor\.tokens/,
  );
  const [a, b] = ["a-long-hidden-token-1", "a-long-hidden-token-2"];
  const token = (name: string, text: string): string => `{name: ${name}, role: viewer, token: ${text}}`;
  const two = (x: string, y: string): string => monitor(`host: 0.0.0.0, tokens: [${x}, ${y}]`);
  expect(load(two(token("zhang", a), token("li", b))).warnings).toEqual([]);
  expect(refusal(two(token("zhang", a), token("zhang", b)))).toContain(
    "monitor.tokens[1].name: zhang already",
  );
  const same = refusal(two(token("zhang", a), token("li", a)));
  expect(same).toContain("monitor.tokens[1].token: another name has the same token");
  expect(same).not.toContain(a);
  expect(refusal(monitor("tokens: [{name: zhang, role: boss, token: x}]"))).toMatch(
    /viewer.*officer.*detail/,
  );
  expect(load(monitor("tokens: [{name: zhang, role: viewer, token: short}]")).warnings).toEqual([
    expect.stringContaining("monitor.tokens[0].token: shorter than 16"),
  ]);
  const shown = describeConfig(load(monitor(`tokens: [${token("zhang", a)}]`)).config);
  expect(shown).not.toContain(a);
});

test("the drop folder may not lie inside data", () => {
  expect(refusal(MINIMAL.replace("{kind: folder}", "{kind: folder, path: data/inbox}"))).toContain(
    "source.path:",
  );
});

test("a date that does not exist is refused", () => {
  expect(refusal(`${MINIMAL}periods: {firstDay: 2023-02-30}\n`)).toContain("periods.firstDay");
  expect(load(`${MINIMAL}periods: {firstDay: 2023-02-01}\n`).config.periods.firstDay).toBe("2023-02-01");
});

test("printed tables and columns that do not exist are named, and so are two headings alike", () => {
  const message = refusal(`${MINIMAL}report:
  tables:
    resident.inpatient.by_regio.rate: {totalFirst: true}
    resident.inpatient.by_tier.avg_fee: {columns: [visits, bed], headings: {fee: 费用}}
    employee.inpatient.by_tier.avg_fee: {headings: {visits: 次均费用(元)}}
`);
  expect(message).toContain("did you mean resident.inpatient.by_region.rate?");
  expect(message).toContain("(not bed)");
  expect(message).toContain("(not fee)");
  expect(message).toContain("two columns are headed 次均费用(元)");
});

test.each([
  "2023-13-01",
  "2023-02-30",
  "0000-00-00",
  "2023-00-10",
  "9999-99-99",
  '"2023-1-1"',
  "[]",
  "{}",
  "true",
  "''",
  ".nan",
])("firstDay %s is refused by its key", (day) =>
  expect(refusal(`${MINIMAL}periods: {firstDay: ${day}}\n`)).toContain("periods.firstDay: "),
);

test.each([
  ["an alias of nothing", "periods: *nothing\n"],
  ["a tag of nobody", "periods: !!js/function 'x'\n"],
  ["keys that are no texts", "? [a, b]\n: c\n"],
  ["a zone that nobody knows", "timezone: Mars/Olympus\n"],
  [
    "an address that is none",
    'source: {kind: kafka, brokers: ["::::"], schemaRegistry: {url: "http://["}}\n',
  ],
  ["numbers beyond reason", "publish: {everySeconds: 1e999}\n"],
  [
    "null everywhere",
    "source: ~\nperiods: ~\ngroupings: ~\ncareGroups: [~]\nalerts: [~]\nmonitor: ~\nreport: ~\n",
  ],
  [
    "lists for objects",
    "source: []\nperiods: []\nops: []\nprivacy: []\nmonitor: []\nreport: []\nalerts: {}\n",
  ],
  [
    "texts with control characters",
    'jurisdiction: {name: "a\\u0000b", admdvs: "\\u001b", level: "\\u202e"}\n',
  ],
])("%s is refused with its key, never with a trace", (_name, more) => {
  const keys = new Set([...more.matchAll(/^(\w+):/gm)].map(([, key]) => key));
  const rest = MINIMAL.split("\n").filter((line) => !keys.has(line.slice(0, line.indexOf(":"))));
  expect(refusal(rest.join("\n") + more)).toMatch(/fundpulse\.yaml/);
});
