import { districtName, nameOf, R, WORLD } from "./city.js";
import { line, type Paper, usualColumns } from "./paper.js";

/** By facility, its owner and its division. */
export function facilityTables(p: Paper): void {
  const c = usualColumns(p.writer);
  const { wan } = c;
  const districts = WORLD.districts.map((district) => ({ district, name: districtName(district) }));
  const byFacility = (id: string, title: string, names: Readonly<Record<string, string>>) =>
    p.table(id, title, "resident", { facility: "医疗机构" }, [c.visits, c.fee], R, [
      ...Object.entries(names).map(([facility, name]) =>
        line({ facility: name, _facility_id: facility.toLowerCase() }, { facility }),
      ),
      line({ facility: "合计" }, { facility: Object.keys(names) }, "total"),
    ]);
  byFacility("resident.inpatient.by_facility.tertiary", "三级医院居民住院情况", {
    A: "市一医院",
    D: "市中心医院",
  });
  byFacility("resident.inpatient.by_facility.secondary", "二级医院居民住院情况", {
    B: nameOf("B"),
    C: nameOf("C"),
  });
  const own = (facility: string) =>
    line({ facility: nameOf(facility), _facility_id: facility.toLowerCase() }, { facility });
  p.table(
    "resident.inpatient.by_facility.all",
    "医院居民住院情况",
    "resident",
    { facility: "医疗机构" },
    [c.visits],
    R,
    [
      ...[own("A"), own("D"), line({ facility: "小计" }, { facility: ["A", "D"] }, "subtotal")],
      ...[own("B"), own("C"), line({ facility: "小计" }, { facility: ["B", "C"] }, "subtotal")],
      line({ facility: "合计" }, { facility: ["A", "B", "C", "D"] }, "total"),
    ],
  );
  p.table(
    "resident.inpatient.by_facility.tcm",
    "中医院居民住院情况",
    "resident",
    { district: "所在地", facility: "医疗机构" },
    [c.visits],
    R,
    ["H", "I"].map((facility) =>
      line(
        { district: districtName(WORLD.facilities[facility]![0]), facility: nameOf(facility) },
        { facility },
      ),
    ),
  );

  p.table(
    "resident.inpatient.by_ownership",
    "居民公立民营",
    "resident",
    { row_label: "性质" },
    [c.times],
    R,
    [
      line({ row_label: "公立" }, { ownership: "public" }),
      line({ row_label: "民营" }, { ownership: "private" }),
    ],
  );
  p.table(
    "resident.inpatient.by_facility_district",
    "居民按就医地",
    "resident",
    { district: "就医地" },
    [c.times, wan("fee_total_wan", "费用", (t) => t.fee)],
    R,
    [
      ...districts.map(({ district, name }) => line({ district: name }, { place: district })),
      line({ district: "市本级" }, { place: "430600" }),
    ],
  );
}
