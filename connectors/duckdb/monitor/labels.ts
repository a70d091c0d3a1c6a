import type { OpenFile } from "./open-file.js";

/** A name in both languages. */
export interface Named {
  readonly zh: string;
  readonly en: string;
}

/** What of a facility people filter by and see beside its name. */
export interface FacilityFacts {
  readonly facility: string;
  readonly name: string;
  readonly admdvs: string | null;
  readonly district_name: string | null;
  readonly tier: string | null;
  readonly kind: string | null;
  readonly ownership: string | null;
}

/** Names of dimension values, facilities as they are now, parents of categories. */
export interface Labels {
  /** The name of a value; the code itself where none is known. */
  nameOf(dimension: string, code: string): Named;
  /** Values of a dimension in the order of display. */
  orderOf(dimension: string, code: string): number;
  readonly facilities: ReadonlyMap<string, FacilityFacts>;
  /** Parent of each category that has one, by insurance and category. */
  readonly parents: ReadonlyMap<string, string>;
}

export async function labelsOf(file: OpenFile): Promise<Labels> {
  const [labels, facilities, categories] = await Promise.all([
    file.rows(
      "SELECT dimension, code, name_zh, name_en FROM dim_label ORDER BY dimension, display_order, code",
    ),
    file.rows(
      "SELECT facility, name, admdvs, division_name, tier, kind, ownership FROM dim_facility_current",
    ),
    file.rows("SELECT insurance, category, parent FROM store.category_order WHERE parent IS NOT NULL"),
  ]);
  const text = (v: unknown): string | null => (v === null || v === undefined ? null : String(v));
  const names = new Map<string, Named & { readonly order: number }>();
  labels.forEach((row, order) => {
    const key = `${row.dimension} ${row.code}`;
    if (!names.has(key)) names.set(key, { zh: String(row.name_zh), en: String(row.name_en), order });
  });
  return {
    nameOf: (dimension, code) => names.get(`${dimension} ${code}`) ?? { zh: code, en: code },
    orderOf: (dimension, code) => names.get(`${dimension} ${code}`)?.order ?? Number.MAX_SAFE_INTEGER,
    facilities: new Map(
      facilities.map((row) => [
        String(row.facility),
        {
          facility: String(row.facility),
          name: text(row.name) ?? String(row.facility),
          admdvs: text(row.admdvs),
          district_name: text(row.division_name),
          tier: text(row.tier),
          kind: text(row.kind),
          ownership: text(row.ownership),
        },
      ]),
    ),
    parents: new Map(categories.map((row) => [`${row.insurance} ${row.category}`, String(row.parent)])),
  };
}
