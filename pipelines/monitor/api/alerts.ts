import { z } from "zod";
import { alertsFinding } from "../../../aggregations/findings/data.js";
import { alertChannels, alertEvents, alertsOf } from "../../../connectors/duckdb/monitor/alerts.js";
import { alertAnswer, alertShape, withTimes } from "./alert-shape.js";
import { listOf, word } from "./parameters.js";
import { route } from "./route.js";
import { findingShape } from "./shapes.js";

const STATES = ["open", "acknowledged", "cleared"] as const;
const SEVERITIES = ["critical", "warning", "info"] as const;

export const alertsRoute = route({
  path: "/api/v1/alerts",
  summary: "Alerts: open, acknowledged, cleared within 90 days; what happened to them; where they are sent",
  role: "viewer",
  query: z.object({
    state: listOf(z.enum(STATES)).optional(),
    severity: listOf(z.enum(SEVERITIES)).optional(),
    facility: word.optional(),
  }),
  answer: z.object({
    finding: findingShape,
    available: z.boolean().describe("The published file has alerts"),
    alerts: z.array(alertShape),
    events: z.array(z.looseObject({})).describe("The columns of `alert_event`, the latest 500"),
    events_total: z.number().int().describe("Rows of `alert_event`"),
    channels: z
      .array(z.looseObject({}))
      .describe("The columns of `alert_channel`: messages waiting, sent, failing"),
  }),
  answerOf: async (context, query) => {
    const { file } = context;
    const filter = {
      ...(query.state ? { states: query.state } : {}),
      ...(query.severity ? { severities: query.severity } : {}),
      ...(query.facility ? { facility: query.facility } : {}),
    };
    const [alerts, all, events, channels] = await Promise.all([
      alertsOf(file, filter),
      alertsOf(file, { states: ["open", "acknowledged"] }),
      alertEvents(file),
      alertChannels(file),
    ]);
    const open = all.filter((a) => a.state === "open");
    const many = (severity: string): number => open.filter((a) => a.severity === severity).length;
    const [first] = open;
    return {
      finding: alertsFinding({
        critical: many("critical"),
        warning: many("warning"),
        info: many("info"),
        acknowledged: all.length - open.length,
        first:
          first === undefined
            ? null
            : [String(first.finding ?? first.rule), String(first.finding_en ?? first.rule)],
        available: file.tables.has("alert"),
      }),
      available: file.tables.has("alert"),
      alerts: alerts.map((row) => alertAnswer(context, row)),
      events: events.rows.map((row) => withTimes(context, row)),
      events_total: events.count,
      channels: channels.map((row) => withTimes(context, row)),
    };
  },
});
