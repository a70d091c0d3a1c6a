import { ZoneCalendar } from "../../../aggregations/calendar.js";
import { loadConfig } from "../../../connectors/config/load.js";
import type { AlertMessage } from "../../../connectors/notify/message.js";
import { channelName, send } from "../../../connectors/notify/notifier.js";
import { FundpulseError } from "../../../schemas/errors.js";
import type { AlertEntry } from "../../engine/port.js";
import { askEngine } from "../terminal/engine-deps.js";
import { say } from "../terminal/say.js";
import { words } from "../terminal/words.js";
import { localText } from "./close.js";

const STATES = ["open", "acknowledged", "cleared"] as const;

interface Options {
  readonly config: string;
}

/** `fundpulse alerts list`. */
export async function alertsList(
  options: Options & { readonly state?: string; readonly format: string },
): Promise<number> {
  const states = (options.state ?? "open,acknowledged").split(",");
  const unknown = states.find((s) => !(STATES as readonly string[]).includes(s));
  if (unknown !== undefined) {
    throw new FundpulseError("FP1003", `--state ${unknown} is not one of ${STATES.join(", ")}`);
  }
  const loaded = loadConfig(options.config);
  const known = await askEngine(loaded, (engine) => engine.alerts.list());
  const alerts = known.filter((a) => states.includes(a.state));
  const calendar = new ZoneCalendar(loaded.config.timezone);
  say(options.format === "json" ? `${JSON.stringify(alerts, null, 2)}\n` : listText(alerts, calendar));
  return 0;
}

function listText(alerts: readonly AlertEntry[], calendar: ZoneCalendar): string {
  if (alerts.length === 0) return "no alerts\n";
  const time = (at: number | null): string => (at === null ? "" : localText(calendar, at));
  return alerts
    .map((a) =>
      [
        `${a.id}  ${a.severity}  ${a.state}  ${a.rule}`,
        `    ${a.finding}`,
        `    opened ${time(a.openedAt)}${a.clearedAt === null ? "" : `, cleared ${time(a.clearedAt)}`}`,
        ...(a.acknowledgedBy === null
          ? []
          : [`    seen by ${a.acknowledgedBy}${a.note ? `: ${a.note}` : ""}`]),
      ].join("\n"),
    )
    .join("\n")
    .concat("\n");
}

/** `fundpulse alerts ack`: FP8001 where the alert is not open. */
export async function alertsAck(
  id: string,
  options: Options & { readonly by: string; readonly note: string },
): Promise<number> {
  const by = words("--by", options.by, "who has seen the alert");
  await askEngine(loadConfig(options.config), (engine) =>
    engine.alerts.acknowledge(id, by, options.note.trim()),
  );
  say(`alert ${id} is acknowledged by ${by}\n`);
  return 0;
}

/** `fundpulse alerts test`: a message over each channel, now and by this process; FP8002 where one fails. */
export async function alertsTest(options: Options & { readonly channel?: string }): Promise<number> {
  const { config } = loadConfig(options.config);
  const channels = config.notify.filter(
    (c) => options.channel === undefined || channelName(c) === options.channel,
  );
  if (channels.length === 0) {
    const names = config.notify.map(channelName).join(", ");
    throw new FundpulseError(
      "FP1003",
      options.channel === undefined
        ? "`notify` of the configuration names no channel"
        : `no channel ${options.channel}; there are ${names}`,
    );
  }
  const failed: string[] = [];
  for (const channel of channels) {
    const name = channelName(channel);
    try {
      await send(channel, testMessage(config.jurisdiction.name, Date.now()), Date.now());
      say(`${name}: accepted\n`);
    } catch (error) {
      failed.push(name);
      say(`${name}: ${(error as Error).message}\n`);
    }
  }
  if (failed.length > 0)
    throw new FundpulseError("FP8002", `${failed.join(", ")} did not accept the message`);
  return 0;
}

const testMessage = (jurisdiction: string, now: number): AlertMessage => ({
  id: `test-${now}.test`,
  event: "test",
  alert: `test-${now}`,
  rule: "通道测试",
  severity: "info",
  jurisdiction,
  version: 0,
  at: new Date(now).toISOString(),
  indicator: "",
  indicator_zh: "",
  unit: "",
  period: null,
  insurance: null,
  dimensions: {},
  subject_zh: "",
  value: null,
  measured: null,
  threshold: null,
  finding: "这是一条测试消息，收到即表示通道可用。",
  finding_en: "This is a test message: the channel works.",
});
