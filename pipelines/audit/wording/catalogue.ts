import type { Dimension } from "../../../schemas/dimensions.js";
import { DIMENSIONS } from "../../../schemas/dimensions.js";
import { DIP_INDICATORS, ENROLMENT_INDICATORS, FUND_INDICATORS } from "../../../schemas/indicators.js";
import type { CategoryLine } from "../../../schemas/labels.js";
import { isSettled, type Place } from "../arithmetic/figures.js";

/** What a published file knows of one period, besides the figures themselves. */
export interface Catalogue {
  readonly period: string;
  readonly level: "county" | "city" | "province";
  /** False where the year before lies outside the data. */
  readonly previousKnown: boolean;
  /** Every insurance, grouping and indicator that has a row, with its unit. */
  readonly kept: readonly {
    readonly insurance: string;
    readonly grouping: string;
    readonly indicator: string;
    readonly unit: string;
    /** The fund, where the grouping tells funds apart. */
    readonly fund?: string | null;
    /** Dimensions without a column of their own: `name=value,…`. */
    readonly other?: string | null;
  }[];
  /** Categories of each insurance, with their fee; `category` null for a whole care. */
  readonly lines: readonly {
    readonly insurance: string;
    readonly care: string;
    readonly category: string | null;
    readonly fee: string;
  }[];
  readonly facilities: readonly { readonly facility: string; readonly name: string; readonly kind: string }[];
  readonly divisions: readonly { readonly admdvs: string; readonly name: string }[];
  readonly careGroups: readonly string[];
  /** Names of the categories that a line of the printed tables covers; none is the whole care. */
  readonly categories: Readonly<Record<CategoryLine, readonly string[]>>;
  /** Expenses that the books know and no settlement: subject, and its line in a structure of spending. */
  readonly booked: readonly { readonly subject: string; readonly line: string }[];
}

/** A category, or with `category` null a whole care. */
export interface Line {
  readonly care: string;
  readonly category: string | null;
}

/** What a printed row or sentence is about. */
export interface Scope {
  readonly insurance: string;
  /** null: everything of the insurance. */
  readonly lines: readonly Line[] | null;
  readonly filters: Readonly<Partial<Record<Dimension, readonly string[]>>>;
  /** Indicators under another name here: visits of a DIP table are its cases. */
  readonly rename: Readonly<Record<string, string>>;
  /** Subjects of booked expenses that belong in: they are no settlements. */
  readonly booked?: readonly string[];
}

const named = (list: readonly { readonly name: string }[]): ReadonlySet<string> =>
  new Set(list.map((i) => i.name));
const ENROLMENT = named(ENROLMENT_INDICATORS);
const FUND = named(FUND_INDICATORS);
const DIP = named(DIP_INDICATORS);

/** Dimensions that the figures of a stream can be told apart by. */
function family(indicator: string): readonly Dimension[] | null {
  if (ENROLMENT.has(indicator)) return ["district", "person_group", "sex"];
  if (FUND.has(indicator)) return ["district", "fund", "subject", "person_group"];
  if (DIP.has(indicator)) return ["facility"];
  return null;
}

/** Every combination of the filters' values as a place. */
function product(insurance: string, filters: Scope["filters"]): Place[] {
  const names = DIMENSIONS.filter((d) => filters[d] !== undefined);
  const grouping = names.join("+") || "total";
  let all: Record<string, string>[] = [{}];
  for (const name of names)
    all = all.flatMap((one) => (filters[name] ?? []).map((value) => ({ ...one, [name]: value })));
  return all.map((dimensions) => ({ insurance, grouping, dimensions }));
}

/**
 * The places whose figures of an indicator add up to the scope.
 * @returns the reason where the published file does not tell it apart
 */
export function placesOf(scope: Scope, indicator: string, catalogue: Catalogue): readonly Place[] | string {
  const dimensions = family(indicator);
  if (dimensions !== null || !isSettled(indicator)) {
    // Books of a fund know no category: a row of one would print the books of all funds.
    if (FUND.has(indicator) && scope.lines !== null) return `${indicator} is not kept by category`;
    const own = Object.entries(scope.filters).filter(
      ([name]) => dimensions === null || dimensions.includes(name as Dimension),
    );
    return product(scope.insurance, Object.fromEntries(own));
  }
  if (scope.lines?.length === 0 && (scope.booked ?? []).length === 0)
    return "no category of the data is known as this subject: report.categories may name it";
  const filtered = Object.keys(scope.filters).length > 0;
  if (scope.lines === null && !filtered) return product(scope.insurance, {});
  const lines = scope.lines ?? wholeCares(scope.insurance, catalogue);
  const places: Place[] = [];
  const asked = asKind(indicator === "persons" ? asFlow(scope, catalogue) : scope);
  for (const line of lines) {
    const at = lineOf(line, asked, catalogue, indicator);
    if (typeof at === "string") return at;
    places.push(...at);
  }
  // A person treated at two places is one person. Only lists of facilities are printed with the sum of their lines.
  const apart = new Set(places.map((p) => JSON.stringify({ ...p.dimensions, facility: "" })));
  if (indicator === "persons" && apart.size > 1)
    return `persons of ${places.length} places (${places[0].grouping}) cannot be added up`;
  return places;
}

/** Enrolment tells 在职 and 退休 apart as groups of the enrolled; settlements as kinds of persons. */
function asKind(scope: Scope): Scope {
  const { person_group: group, ...filters } = scope.filters;
  if (group === undefined || !group.every((g) => g === "active" || g === "retired")) return scope;
  return { ...scope, filters: { ...filters, person_kind: group } };
}

/** Persons of a city's pool stand in its local flow: county and city regions together, each person once. */
function asFlow(scope: Scope, { level }: Catalogue): Scope {
  const { region, ...filters } = scope.filters;
  if (level !== "city" || region?.join() !== "county,city") return scope;
  return { ...scope, filters: { ...filters, flow: ["local"] } };
}

const wholeCares = (insurance: string, catalogue: Catalogue): Line[] =>
  catalogue.lines.flatMap((l) => (l.insurance === insurance && l.category === null ? [l] : []));

function lineOf(line: Line, scope: Scope, catalogue: Catalogue, indicator: string): Place[] | string {
  const keeps = (places: readonly Place[]): boolean =>
    places.length === 0 ||
    catalogue.kept.some((k) => k.grouping === places[0].grouping && k.indicator === indicator);
  const whole = product(scope.insurance, { ...scope.filters, care: [line.care] });
  if (line.category === null) return keeps(whole) ? whole : notKept(whole, indicator);
  const places = product(scope.insurance, {
    ...scope.filters,
    care: [line.care],
    category: [line.category],
  });
  if (keeps(places)) return places;
  return fills(line, scope.insurance, catalogue) && keeps(whole) ? whole : notKept(places, indicator);
}

const notKept = (places: readonly Place[], indicator: string): string =>
  `${indicator} is not kept by ${places[0].grouping}: an entry of groupings in the configuration adds it`;

/** Whether the category is all there is of its care, so that figures of the care are its own. */
function fills(line: Line, insurance: string, { lines }: Catalogue): boolean {
  const fee = (category: string | null): string | undefined =>
    lines.find((l) => l.insurance === insurance && l.care === line.care && l.category === category)?.fee;
  const [whole, part] = [fee(null), fee(line.category)];
  return whole !== undefined && whole === part;
}
