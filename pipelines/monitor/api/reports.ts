import { join } from "node:path";
import { z } from "zod";
import { parsePeriod } from "../../../aggregations/calendar.js";
import { reportsFinding } from "../../../aggregations/findings/data.js";
import { reportFiles } from "../../../connectors/files/report-files.js";
import { instantText } from "../http/times.js";
import { route } from "./route.js";
import { findingShape } from "./shapes.js";

export const reportsRoute = route({
  path: "/api/v1/reports",
  summary: "What `report` and `nightly` wrote under data/reports, by period",
  description: "A file is read at /api/v1/reports/{path}.",
  role: "viewer",
  query: z.object({}),
  answer: z.object({
    finding: findingShape,
    reports: z.array(
      z.object({
        path: z.string(),
        name: z.string(),
        period: z.string().nullable(),
        format: z.string(),
        bytes: z.number().int(),
        written_at: z.string(),
      }),
    ),
  }),
  kept: false,
  answerOf: async ({ config, calendar }) => {
    const files = await reportFiles(join(config.data, "reports"));
    const reports = files.map(({ path, bytes, writtenAt }) => {
      const parts = path.split("/");
      const name = parts.at(-1)!;
      return {
        path,
        name,
        period:
          parts.find((part) => parsePeriod(part) !== null) ??
          /\d{4}(-\d{2}|Q\d|H\d|YTD\d{2})?/.exec(name)?.[0] ??
          null,
        format: name.split(".").at(-1)!.toLowerCase(),
        bytes,
        written_at: instantText(calendar, writtenAt),
      };
    });
    return {
      finding: reportsFinding({ files: reports.length, latest: reports[0]?.period ?? null }),
      reports,
    };
  },
});
