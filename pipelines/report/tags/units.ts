/** A unit that figures are printed in: what the published unit is multiplied by, and its usual decimals. */
export interface Unit {
  readonly name: string;
  readonly times: bigint;
  readonly per: bigint;
  readonly decimals: number;
}

const unit = (name: string, times: number, per: number, decimals: number): Unit => ({
  name,
  times: BigInt(times),
  per: BigInt(per),
  decimals,
});

const UNITS: readonly Unit[] = [
  unit("元", 1, 1, 2),
  unit("千元", 1, 1_000, 2),
  unit("万元", 1, 10_000, 2),
  unit("亿元", 1, 100_000_000, 2),
  unit("%", 100, 1, 2),
  unit("百分点", 100, 1, 2),
  unit("‰", 1_000, 1, 2),
  ...["人次", "人", "例", "天", "家", "次", "个", "份", "批", "种"].map((n) => unit(n, 1, 1, 0)),
  ...["万人", "万人次", "万天"].map((n) => unit(n, 1, 10_000, 2)),
  unit("倍", 1, 1, 2),
  unit("月", 1, 1, 2),
];

export function unitOf(name: string): Unit | null {
  const plain = name
    .trim()
    .replace("％", "%")
    .replace(/^个百分点$/, "百分点");
  return UNITS.find((u) => u.name === plain) ?? null;
}

const USUAL: Readonly<Record<string, readonly [string, number?]>> = {
  yuan: ["万元"],
  "yuan/visit": ["元"],
  "yuan/person": ["元", 0],
  fraction: ["%"],
  "day/visit": ["天", 1],
  "visit/person": ["倍"],
  month: ["月"],
};

/** The unit that the printed reports use for a published unit. */
export function usualUnit(published: string): { readonly unit: Unit; readonly decimals: number } {
  const [name, decimals] = USUAL[published] ?? ["个"];
  const found = unitOf(name)!;
  return { unit: found, decimals: decimals ?? found.decimals };
}

/** The unit of a difference: percentages differ by percentage points. */
export const isShare = (published: string): boolean => published === "fraction";
