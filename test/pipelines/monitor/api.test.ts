import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Figure, figuresOf } from "../../../connectors/duckdb/monitor/figures.js";
import { OpenFile } from "../../../connectors/duckdb/monitor/open-file.js";
import { openApi } from "../../../pipelines/monitor/api/openapi.js";
import { ENVELOPE } from "../../../pipelines/monitor/api/route.js";
import { ROUTES } from "../../../pipelines/monitor/api/routes.js";
import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { publishedWorkspace } from "../../support/shared.js";
import { Served } from "./server.js";

let root: string;
let served: Served;
let file: OpenFile;

beforeAll(async () => {
  root = await publishedWorkspace("shandan-2024h1");
  served = await Served.of(join(root, "fundpulse.yaml"));
  file = await OpenFile.open(join(root, "data/published/fundpulse.duckdb"), "test");
});
afterAll(async () => {
  await served?.close();
  file?.retire();
});

type Row = Record<string, unknown>;
type Answer = Record<string, unknown> & { figures: Figure[]; next: string | null; version: string };
const sql = (query: string): Promise<Row[]> => file.rows(query);

/** Compared column by column, in any order. */
function keyed(row: Row, dimensions: Row): string {
  const other =
    "other" in dimensions
      ? ((dimensions.other ?? []) as { key: string; value: string }[]).map((o) => [o.key, o.value])
      : Object.entries(dimensions).filter(([d]) => !known.has(d));
  return JSON.stringify([
    row.insurance,
    row.indicator,
    row.unit,
    ...DIMENSIONS.map((d) => dimensions[d] ?? null),
    other,
  ]);
}
const known = new Set<string>([...DIMENSIONS, "facility_name"]);

describe("figures", () => {
  const digitByDigit = async (some: string): Promise<number> => {
    const groupings = await sql(
      `SELECT "grouping" FROM dim_combination WHERE period_kind = 'half' AND ${some} GROUP BY ALL`,
    );
    const indicators = (await sql("SELECT indicator FROM dim_indicator")).map((r) => String(r.indicator));
    let compared = 0;
    for (const { grouping } of groupings) {
      for (const period of ["2024H1", "2024-03-31"]) {
        const got = await figuresOf(file, { periods: [period], grouping: String(grouping), indicators });
        const want = await sql(`FROM indicators WHERE period = '${period}' AND "grouping" = '${grouping}'
          AND indicator IN (SELECT indicator FROM dim_indicator)`);
        const byKey = new Map(got.map((f) => [keyed(f as never, f.dimensions as never), f]));
        expect([period, grouping, byKey.size]).toEqual([period, grouping, want.length]);
        for (const row of want) {
          const { value, previous, change, change_pct, reported, status } = byKey.get(keyed(row, row))!;
          expect({ value, previous, change, change_pct, reported, status }).toEqual({
            value: row.value,
            previous: row.previous,
            change: row.change,
            change_pct: row.change_pct,
            reported: row.reported,
            status: row.status,
          });
          compared++;
        }
      }
    }
    return compared;
  };

  test("come out digit by digit as the long table has them", async () => {
    const some = `"grouping" IN ('care+category', 'care+region+flow+channel', 'fund', 'other', 'facility')`;
    expect(await digitByDigit(some)).toBeGreaterThan(3_000);
  });

  test("come out digit by digit whatever the grouping", { tags: "long" }, async () => {
    expect(await digitByDigit("true")).toBeGreaterThan(50_000);
  });

  test("an answer names its version and holds the figures that SQL gives", async () => {
    const answer = await served.json<Answer>(
      "api/v1/figures?period=2024H1&indicator=visits,avg_fee&insurance=resident&grouping=care%2Bcategory&category=%E6%99%AE%E9%80%9A%E4%BD%8F%E9%99%A2",
    );
    const [snapshot] = await sql("SELECT version::VARCHAR AS version, completeness FROM snapshot");
    expect(answer).toMatchObject({
      version: snapshot!.version,
      completeness: snapshot!.completeness,
      next: null,
    });
    expect(answer.published_at).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+\+08:00$/);
    const rows = await sql(`SELECT indicator, value, unit, change_pct FROM indicators WHERE period = '2024H1'
      AND insurance = 'resident' AND "grouping" = 'care+category' AND category = '普通住院' AND indicator IN ('visits', 'avg_fee')
      ORDER BY indicator DESC`);
    expect(
      answer.figures.map(({ indicator, value, unit, change_pct }) => ({
        indicator,
        value,
        unit,
        change_pct,
      })),
    ).toEqual(rows);
    expect(answer.figures[0]!.dimensions).toEqual({ care: "inpatient", category: "普通住院" });
  });

  test("a comparison gives another period's figure and the difference", async () => {
    const { figures } = await served.json<{
      figures: (Figure & { compared: string; compared_change: string })[];
    }>("api/v1/figures?period=2024H1&indicator=fund_paid&compare=2023H1");
    expect(figures[0]!.compared).toBe(figures[0]!.previous);
    expect(figures[0]!.compared_change).toBe(figures[0]!.change);
  });

  test("pages follow one another and leave nothing out", async () => {
    const path =
      "api/v1/figures?from=2024-01-01&to=2024-06-30&period_kind=month&indicator=visits,fee&grouping=care%2Bregion";
    const whole = await served.json<Answer>(path);
    const paged: Figure[] = [];
    let next: string | null = "";
    while (next !== null) {
      const answer: Answer = await served.json<Answer>(
        `${path}&limit=50${next === "" ? "" : `&after=${next}`}`,
      );
      paged.push(...answer.figures);
      next = answer.next;
    }
    expect(paged.length).toBeGreaterThan(100);
    expect(paged).toEqual(whole.figures);
  });

  test.each([
    ["period=2024H9&indicator=visits", "period.0"],
    ["period=2024H1&indicator=visits&gruping=care", "gruping"],
    ["period=2024H1&indicator=visits&grouping=care&region=city", "region"],
    ["period=2024H1&from=2024-01-01&indicator=visits", "period"],
    ["from=2024-01-01&indicator=visits", "period_kind"],
    ["period=2024H1&indicator=Robert'); DROP TABLE x", "indicator.0"],
    ["period=2024H1&indicator=visits&after=999999-0", "after"],
    ["period=2024H1&indicator=visits&limit=10001", "limit"],
  ])("%s is refused by name", async (query, path) => {
    const response = await served.fetch(`api/v1/figures?${query}`);
    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    const problem = (await response.json()) as { code: string; action: string; errors: { path: string }[] };
    expect(problem.code).toBe("FP6005");
    expect(problem.errors.map((e) => e.path)).toContain(path);
  });

  test("an apostrophe in a value is a value", async () => {
    const { figures } = await served.json<Answer>(
      "api/v1/figures?period=2024H1&indicator=visits&grouping=care%2Bcategory&category=x'%20OR%20'1'='1",
    );
    expect(figures).toEqual([]);
  });
});

/** A query of each route that has what it needs. */
const EXAMPLES: Readonly<Record<string, string>> = {
  "/api/v1/figures": "period=2024H1&indicator=visits",
  "/api/v1/facilities/{code}": "",
  "/api/v1/explain": "period=2024H1&indicator=avg_fee&care=inpatient&region=city",
};

describe("every route", () => {
  test.each(ROUTES.map((r) => [r.path, r] as const))(
    "%s answers as its schema says, and again with 304",
    async (path, route) => {
      const address = `${path.slice(1).replace("{code}", "H62072500011")}?${EXAMPLES[path] ?? ""}`;
      const response = await served.fetch(address);
      const body = (await response.json()) as Row;
      expect([path, response.status, body.detail]).toEqual([path, 200, undefined]);
      const shape = route.answer.extend(ENVELOPE).strict();
      const parsed = shape.safeParse(body);
      expect(parsed.error?.issues.slice(0, 3) ?? []).toEqual([]);
      if (route.kept === false) return;
      const again = await served.fetch(address, {
        headers: { "if-none-match": response.headers.get("etag")! },
      });
      expect(again.status).toBe(304);
      expect(await again.text()).toBe("");
    },
  );

  test("what finds something says it in both languages", async () => {
    for (const { path, answer } of ROUTES) {
      if (!("finding" in answer.shape)) continue;
      const body = await served.json<{ finding: { zh: { text: string }[]; en: { text: string }[] } }>(
        `${path.slice(1).replace("{code}", "H62072500011")}?${EXAMPLES[path] ?? ""}`,
      );
      const [zh, en] = [body.finding.zh, body.finding.en].map((pieces) => pieces.map((p) => p.text).join(""));
      expect(zh, path).toMatch(/[\u4e00-\u9fff].*。$/);
      expect(en, path).toMatch(/[a-z].*\.$/);
      expect(`${zh}${en}`, path).not.toMatch(/undefined|null|NaN/);
    }
  });

  test("is described by OpenAPI 3.1 with resolvable references", async () => {
    const document = (await served.json("api/v1/openapi.json")) as never as ReturnType<typeof openApi>;
    expect(document).toEqual(JSON.parse(JSON.stringify(openApi())));
    const { paths, components } = document as { paths: object; components: { schemas: object } };
    for (const { path } of ROUTES) expect(Object.keys(paths)).toContain(path);
    const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
    for (const [, name] of references) expect(Object.keys(components.schemas)).toContain(name);
  });
});

describe("views", () => {
  test("the year by day ends at the settled expense, and the contributions add up to the difference", async () => {
    for (const fund of ["employee_pool", "resident", "aid"]) {
      const pace = await served.json<{
        as_of: string;
        settled: string;
        settled_change: string;
        days: { day: string; now: string | null; last: string | null }[];
        contributions: Record<
          string,
          {
            rows: { difference: string }[];
            rest: { difference: string };
            total: { difference: string };
          } | null
        >;
      }>(`api/v1/pace?period=2024YTD06&fund=${fund}`);
      expect(pace.days.find((d) => d.day === pace.as_of)!.now).toBe(pace.settled);
      expect(pace.days).toHaveLength(366);
      const fen = (v: string): number => Math.round(Number(v) * 100);
      for (const by of ["by_category", "by_facility", "by_region", "by_district"]) {
        const { rows, rest, total } = pace.contributions[by]!;
        expect(rows.reduce((sum, r) => sum + fen(r.difference), fen(rest.difference))).toBe(
          fen(total.difference),
        );
        expect([fund, by, fen(total.difference)]).toEqual([fund, by, fen(pace.settled_change)]);
      }
    }
  });

  test("the cells of an explanation add up to its terms", async () => {
    for (const query of [
      "period=2024H1&indicator=avg_fee&care=inpatient&region=city&insurance=resident",
      "period=2024H1&indicator=fee",
      "period=2024-05&indicator=reimb_rate&care=outpatient&category=%E9%97%A8%E8%AF%8A%E6%85%A2%E7%89%B9%E7%97%85",
      "period=2024Q1&indicator=fund_paid&care=inpatient&flow=inbound",
    ]) {
      const { parts, cells_sums, cells_count } = await served.json<{
        parts: { term: string; value: string }[];
        cells_sums: Record<string, string>;
        cells_count: number;
      }>(`api/v1/explain?${query}`);
      expect(cells_count, query).toBeGreaterThan(1);
      for (const { term, value } of parts)
        expect([query, term, cells_sums[term]]).toEqual([query, term, value]);
    }
  });

  test("a facility's median and quartiles are those that SQL gives for its peers", async () => {
    const body = await served.json<{
      peers: { codes: string[]; scope: string };
      strips: { indicator: string; median: string; q1: string; q3: string; rank: number; value: string }[];
    }>("api/v1/facilities/H62072500011?period=2024H1");
    expect(body.peers.codes).toContain("H62072500011");
    const [want] = await sql(`SELECT quantile_cont(value, 0.5) AS median, quantile_cont(value, 0.25) AS q1,
        quantile_cont(value, 0.75) AS q3 FROM indicators
      WHERE period = '2024H1' AND insurance = 'all' AND "grouping" = 'care+facility' AND care = 'inpatient'
        AND indicator = 'avg_fee' AND facility IN (${body.peers.codes.map((c) => `'${c}'`).join(", ")})`);
    const strip = body.strips.find((s) => s.indicator === "avg_fee")!;
    for (const part of ["median", "q1", "q3"] as const) {
      expect(Math.abs(Number(strip[part]) - Number(want![part]))).toBeLessThan(1e-5);
    }
  });
});

/** A body with its byte order mark, which `text()` takes away. */
const textOf = async (response: Promise<Response>): Promise<string> =>
  Buffer.from(await (await response).arrayBuffer()).toString("utf8");

describe("files for a spreadsheet", () => {
  test("hold the figures, and no text that is a formula", async () => {
    const csv = await textOf(
      served.fetch("api/v1/export?period=2024H1&indicator=visits,fee&grouping=care%2Bregion"),
    );
    const { figures } = await served.json<Answer>(
      "api/v1/figures?period=2024H1&indicator=visits,fee&grouping=care%2Bregion",
    );
    expect(csv.charCodeAt(0)).toBe(0xfeff);
    expect(csv.trim().split("\r\n")).toHaveLength(figures.length + 1);
    expect(csv).toContain(figures[0]!.value!);
    const evil = served.post("api/v1/query", {
      sql: "SELECT '=1+1' AS a, '@x' AS \"+b\", -3 AS n",
      format: "csv",
    });
    expect(await textOf(evil)).toBe("\ufeffa,'+b,n\r\n'=1+1,'@x,-3\r\n");
  });

  test("a whole table is one too; one that is none is not", async () => {
    const xlsx = await served.fetch("api/v1/export?table=inpatient&period=2024H1&format=xlsx");
    expect(xlsx.headers.get("content-disposition")).toContain("inpatient-2024H1");
    const bytes = Buffer.from(await xlsx.arrayBuffer());
    expect(bytes.subarray(0, 2).toString()).toBe("PK");
    expect(bytes.length).toBeGreaterThan(10_000);
    expect((await served.fetch("api/v1/export?table=meta")).status).toBe(404);
    expect((await served.fetch("api/v1/export?table=store.meta")).status).toBe(404);
  });

  test("a table that is too long is refused with what to do, not cut", async () => {
    const long = await served.fetch("api/v1/export?table=indicators");
    expect(long.status).toBe(400);
    expect(await long.json()).toMatchObject({ code: "FP6005", detail: expect.stringContaining("`period`") });
  });
});

describe("queries of one's own", () => {
  const ask = (text: string): Promise<Response> => served.post("api/v1/query", { sql: text });

  test("are answered with exact decimals", async () => {
    const body = (await (
      await ask("SELECT 12345678901234567890.12::DECIMAL(38, 2) AS d, 1 AS n")
    ).json()) as Row;
    expect(body.rows).toEqual([["12345678901234567890.12", 1]]);
  });

  test.each([
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "FROM '/etc/passwd'",
    "SELECT * FROM 'http://127.0.0.1/x.parquet'",
    "COPY (SELECT 1) TO '/tmp/fundpulse-attack.csv'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/fundpulse-attack.csv'",
    "ATTACH '/tmp/fundpulse-attack.duckdb' AS y",
    "INSTALL httpfs",
    "SET enable_external_access = true",
    "CREATE TABLE t AS SELECT 1",
    "DELETE FROM snapshot",
    "SELECT 1; SELECT 2",
    "SELECT getenv('HOME')",
    "-- nothing",
  ])("%s is refused", async (text) => {
    const response = await ask(text);
    expect(response.status).toBe(400);
    expect(((await response.json()) as Row).code).toBe("FP5001");
  });

  test("one that takes all memory ends alone, and the server answers meanwhile", {
    tags: "long",
  }, async () => {
    const heavy = ask("SELECT string_agg(repeat('x', 100000000)) FROM range(100)");
    expect((await served.fetch("api/v1/trust")).status).toBe(200);
    expect([400, 500]).toContain((await heavy).status);
    expect((await served.fetch("api/v1/trust")).status).toBe(200);
  });
});

test("pages get a strict policy, an unknown address below /api is a problem", async () => {
  const page = await served.fetch("pace?fund=resident");
  expect(page.status).toBe(200);
  expect(page.headers.get("content-security-policy")).toContain("default-src 'self'");
  expect(page.headers.get("content-security-policy")).not.toContain("unsafe");
  expect(page.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await page.text()).not.toMatch(/https?:\/\//);
  const none = await served.fetch("api/v1/nothing");
  expect([none.status, ((await none.json()) as Row).code]).toEqual([404, "FP6006"]);
  expect((await served.fetch("assets/../../../etc/passwd")).status).not.toBe(500);
  expect((await served.fetch("api/v1/reports/..%2f..%2ffundpulse.yaml")).status).toBe(404);
});
