import { DemandBuilder } from "./demands.js";
import { nearPoint, solveIntegers } from "./solve.js";
import type { Cell, CellMeasure, CellSums, PrintedTarget, PrintRounding } from "./targets.js";

/**
 * What is chosen together; a later choice takes the earlier ones as given. Amounts are first drafted one
 * after the other, then chosen all at once near the draft: only there can demands on differences of ratios
 * be put as linear ones.
 */
const AMOUNTS: readonly CellMeasure[] = ["fee", "in_scope", "pool", "critical", "large", "aid", "account"];
const STAGES: readonly { readonly measures: readonly CellMeasure[]; readonly draft?: boolean }[] = [
  { measures: ["visits"] },
  { measures: ["heads"] },
  { measures: ["bed_days"] },
  { measures: ["fee"], draft: true },
  { measures: AMOUNTS.slice(1), draft: true },
  { measures: AMOUNTS },
  { measures: ["aid_visits"] },
];

/**
 * Exact sums of every cell, such that all targets come out as printed. `ratios` says how the bureau writes
 * ratios; amounts print right rounded half up and, where ratios are cut off, also when cut off. Deterministic. Throws when the targets contradict each other.
 */
export function solveCells(
  cells: readonly Cell[],
  targets: readonly PrintedTarget[],
  ratios: PrintRounding,
): CellSums[] {
  const known: CellSums[] = cells.map((cell) => ({ ...cell.prior }));
  const solved = new Set<CellMeasure>();
  for (const { measures: stage, draft } of STAGES) {
    const again = stage.every((m) => solved.has(m));
    const index = new Map<string, number>();
    const prior: number[] = [];
    for (const measure of stage) {
      for (let c = 0; c < cells.length; c++) {
        index.set(`${measure} ${c}`, prior.length);
        prior.push(
          again ? known[c][measure] : cells[c].prior[measure] * scaleUp(measure, cells[c], known[c]),
        );
      }
    }
    const build = new DemandBuilder(
      cells,
      known,
      index,
      prior,
      again,
      draft ?? false,
      (m) => solved.has(m) && !stage.includes(m),
    );
    for (const target of targets) build.target(target, ratios);
    build.limits(stage);
    const x = draft ? nearPoint(prior, build.demands) : solveIntegers(prior, build.demands);
    for (const [key, j] of index) {
      const [measure, c] = key.split(" ");
      known[Number(c)][measure as CellMeasure] = x[j];
    }
    for (const measure of stage) solved.add(measure);
  }
  return known;
}

/** Priors are guesses together: when visits or fees came out larger, what depends on them is larger too. */
function scaleUp(measure: CellMeasure, cell: Cell, known: CellSums): number {
  if (measure === "visits") return 1;
  const base =
    measure === "heads" || measure === "bed_days" || measure === "fee" || measure === "aid_visits"
      ? "visits"
      : "fee";
  return cell.prior[base] === 0 ? 0 : known[base] / cell.prior[base];
}
