import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dayOf } from "../../../aggregations/calendar.js";
import { loadReference } from "../../../connectors/config/reference.js";
import type { FundpulseError } from "../../../schemas/errors.js";

function folder(files: Record<string, string | Buffer>): string {
  const dir = mkdtempSync(join(tmpdir(), "fundpulse-reference-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  return dir;
}
const load = (files: Record<string, string | Buffer>) => loadReference(folder(files), "Asia/Shanghai");

function refusal(files: Record<string, string | Buffer>): string {
  try {
    load(files);
  } catch (error) {
    expect((error as FundpulseError).code).toBe("FP1002");
    return (error as FundpulseError).message;
  }
  throw new Error("the tables were accepted");
}

test("missing files are empty tables", () => {
  expect(load({})).toEqual({ facilities: [], categories: [], divisions: [] });
  expect(loadReference("/nowhere/at/all", "UTC").facilities).toEqual([]);
});

test("a facility becomes a record of the facility stream", () => {
  const { facilities } = load({
    "facilities.csv":
      "\uFEFFfixmedins_code,admdvs,name,hosp_lv,ownership,kind,valid_from,valid_to,display_order,updt_time\r\n" +
      "# a comment\r\n" +
      'H62072500001,620725,"山丹县人民医院, 本部",05,public,hospital,2023-01-01,,3,2024-01-01 08:00:00\r\n',
  });
  expect(facilities).toEqual([
    {
      fixmedins_code: "H62072500001",
      admdvs: "620725",
      name: "山丹县人民医院, 本部",
      hosp_lv: "05",
      tier: null,
      ownership: "public",
      kind: "hospital",
      parent_code: null,
      valid_from: dayOf(2023, 1, 1),
      valid_to: null,
      display_order: 3,
      updt_time: Date.UTC(2024, 0, 1),
    },
  ]);
});

test("every wrong line is named with what is allowed", () => {
  const message = refusal({
    "facilities.csv":
      "fixmedins_code,admdvs,hosp_lv,tier,valid_from,valid_to,updt_time\n" +
      "A,62072,,,,,\n" +
      ",620725,,,,,\n" +
      "B,620725,1,4,2024-02-30,,yesterday\n" +
      "C,620725,,,2024-02-01,2024-01-01,\n" +
      "D,620725,,,,,,,x\n" +
      "6.20725E+11,620725,,,,,,,\n",
    "categories.csv": "med_type,category,care,insurance\n21,x,In Patient,workers\n",
  });
  expect(message).toContain("facilities.csv:2: admdvs “62072” must be a division of six digits");
  expect(message).toContain("facilities.csv:3: fixmedins_code is empty");
  expect(message).toContain("facilities.csv:4: hosp_lv “1” must be one of 01, 02");
  expect(message).toContain("facilities.csv:4: tier “4” must be one of 3, 2, 1, 0");
  expect(message).toContain("facilities.csv:4: valid_from “2024-02-30” must be a day");
  expect(message).toContain("facilities.csv:4: updt_time “yesterday” must be");
  expect(message).toContain("facilities.csv:5: valid_to lies before valid_from");
  expect(message).toContain("facilities.csv:6: 9 values for 7 columns");
  expect(message).toContain("facilities.csv:7: fixmedins_code “6.20725E+11” must be the code itself");
  expect(message).toContain("categories.csv:2: care “In Patient” must be inpatient, outpatient");
  expect(message).toContain(
    "categories.csv:2: insurance “workers” must be one of employee, resident, maternity",
  );
});

test("a wrong or missing column names the right ones", () => {
  const message = refusal({ "divisions.csv": "admdv,name\n620725,山丹县\n" });
  expect(message).toContain(
    "divisions.csv:1: unknown column “admdv”; did you mean admdvs? (allowed: admdvs, name)",
  );
  expect(message).toContain("divisions.csv:1: column admdvs is missing");
});

test("the same key twice is refused, another valid_from is another version", () => {
  const head = "fixmedins_code,admdvs,valid_from\n";
  expect(load({ "facilities.csv": `${head}A,620725,\nA,620726,2024-01-01\n` }).facilities).toHaveLength(2);
  expect(refusal({ "facilities.csv": `${head}A,620725,\nB,620725,\nA,620726,\n` })).toContain(
    "facilities.csv:4: the same fixmedins_code + valid_from as line 2",
  );
});

test("a category with two parents, or that is its own ancestor, is refused", () => {
  const head = "med_type,category,care,parent\n";
  expect(refusal({ "categories.csv": `${head}1,a,outpatient,p\n2,a,outpatient,q\n` })).toContain(
    "categories.csv:3: a has another parent on line 2",
  );
  expect(refusal({ "categories.csv": `${head}1,a,outpatient,b\n2,b,outpatient,a\n` })).toContain(
    "b would be its own parent",
  );
  expect(load({ "categories.csv": `${head}1,a,outpatient,p\n2,a,outpatient,p\n` }).categories).toHaveLength(
    2,
  );
});

test("bytes that are not UTF-8 are refused by name", () => {
  const gbk = Buffer.concat([Buffer.from("admdvs,name\n620725,"), Buffer.from([0xc9, 0xbd, 0xb5, 0xa4])]);
  expect(refusal({ "divisions.csv": gbk })).toContain("divisions.csv: not UTF-8");
});

test("empty trailing columns, white space of every kind and full-width codes are read as what they mean", () => {
  const { facilities, categories } = load({
    "facilities.csv": "fixmedins_code,admdvs,name,,\n\u200bＨ1\u00a0,６２０７２５,\u3000县医院 ,,\n,,,,\n",
    "categories.csv": "med_type,category,care\n21 ,普通住院\u200b,inpatient\n",
  });
  expect(facilities).toMatchObject([{ fixmedins_code: "H1", admdvs: "620725", name: "县医院" }]);
  expect(categories).toMatchObject([{ med_type: "21", category: "普通住院" }]);
});
