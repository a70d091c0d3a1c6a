import { nearest } from "../../../connectors/config/problems.js";
import {
  type Cell,
  type GivenRow,
  holdPeriod,
  type PeriodFacts,
  type Reader,
  readCells,
  readGiven,
  readPeriod,
} from "../../../connectors/duckdb/reports/figures.js";
import { type PrintedTable, readTable, tableNames } from "../../../connectors/duckdb/reports/read.js";
import type { Config } from "../../../schemas/config/schema.js";
import { FundpulseError } from "../../../schemas/errors.js";
import { type FullCatalogue, readCatalogue } from "./catalogue.js";
import { TagReader } from "./evaluate.js";
import { Figures } from "./figures.js";
import { TagProblem } from "./grammar.js";
import { membersOf, resolveLoop } from "./members.js";
import type { Ref } from "./quantity.js";
import type { Context } from "./resolve.js";
import { type PlacedTag, type Problem, readTree, type TagNode } from "./tree.js";

/** Everything that a template's tags need of one period. */
export interface Prepared {
  readonly tags: TagReader;
  readonly tables: ReadonlyMap<string, PrintedTable>;
  readonly facts: PeriodFacts;
  readonly tree: readonly TagNode[];
}

/** Figures that a report is limited to, as a public one is. */
export interface Limited {
  readonly cells: ReadonlyMap<string, readonly Cell[]>;
  given(rows: readonly GivenRow[]): GivenRow[];
}

/** A report of limited figures has no tables of schema 报表: they hold all of them. */
function noTables(tree: readonly TagNode[], problems: Problem[]): Map<string, PrintedTable> {
  const each = (node: TagNode): void => {
    if (node.tag.kind === "table" || node.tag.kind === "cell") {
      problems.push({
        ...node,
        message: "a public report has no tables of 报表; make it of tags in a table of its own",
      });
    }
    if (node.tag.kind !== "if_table") for (const child of node.children) each(child);
  };
  for (const node of tree) each(node);
  return new Map();
}

/** Tags in the text may be nested so deeply. */
const MAX_ROUNDS = 12;

/**
 * Reads the figures that the tags of a template name, from one version of the published file.
 * @throws FundpulseError FP4004 for a period without figures, FP7001 with every tag that is wrong.
 */
export async function prepare(
  reader: Reader,
  config: Config,
  period: string,
  placed: readonly PlacedTag[],
  only: Limited | null = null,
): Promise<Prepared> {
  const facts = await readPeriod(reader, period);
  await holdPeriod(reader, period);
  if (facts === null) throw new FundpulseError("FP4004", `nothing is published of ${period}`);
  const problems: Problem[] = [];
  const tree = readTree(placed, problems);
  const catalogue = await readCatalogue(reader, config);
  const given = await readGiven(reader, period);
  const figures = new Figures(only === null ? given : only.given(given));
  const tags = new TagReader(catalogue, figures, period, facts);
  const tables =
    only === null ? await loadTables(reader, config, period, tree, problems) : noTables(tree, problems);
  const walk = new Walk(tags, catalogue, figures);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const wanted = walk.needed(tree);
    if (wanted.length === 0) break;
    figures.add(
      only === null
        ? await readCells(reader, wanted)
        : new Map(wanted.map((g) => [g, only.cells.get(g) ?? []])),
    );
  }
  problems.push(...walk.problems());
  if (problems.length > 0) throw wrongTags(problems);
  return { tags, tables, facts, tree };
}

/** @returns FP7001 that lists each problem once, with its place. */
function wrongTags(problems: readonly Problem[]): FundpulseError {
  const lines = new Set(problems.map((p) => `\n  {${p.text}} in ${p.place}: ${p.message}`));
  const count = lines.size === 1 ? "one wrong tag" : `${lines.size} wrong tags`;
  return new FundpulseError(
    "FP7001",
    `the template has ${count}; nothing was written${[...lines].join("")}\n`,
  );
}

async function loadTables(
  reader: Reader,
  config: Config,
  period: string,
  tree: readonly TagNode[],
  problems: Problem[],
): Promise<Map<string, PrintedTable>> {
  const tables = new Map<string, PrintedTable>();
  const each = async (node: TagNode): Promise<void> => {
    const { tag } = node;
    if (tag.kind === "if_table") {
      const table = tables.get(tag.name) ?? (await readTable(reader, config, period, tag.name));
      if (table === null || table.rows.length === 0) return;
      tables.set(tag.name, table);
    }
    for (const child of node.children) await each(child);
    if (tag.kind !== "table" && tag.kind !== "cell") return;
    const name = tag.kind === "table" ? tag.name : tag.table;
    const table = tables.get(name) ?? (await readTable(reader, config, period, name));
    if (table === null) {
      const near = nearest(name, tableNames(config));
      problems.push({
        ...node,
        message: `there is no table "${name}"${near === null ? "" : `; near it is ${near}`}; fundpulse sql 'FROM 报表.目录' lists them`,
      });
      return;
    }
    tables.set(name, table);
    if (tag.kind === "cell" && columnOf(table, tag.column) < 0) {
      problems.push({
        ...node,
        message: `the table has no column "${tag.column}"; it has ${table.headings.join("、")}`,
      });
    }
  };
  for (const node of tree) await each(node);
  return tables;
}

/** A column by its printed heading, by the usual one, or by its key. */
export const columnOf = (table: PrintedTable, column: string): number =>
  [table.headings, table.usual, table.keys].map((names) => names.indexOf(column)).find((i) => i >= 0) ?? -1;

/** A row by its label, or the total or subtotal by what kind of row it is. */
export const rowOf = (table: PrintedTable, row: string): PrintedTable["rows"][number] | undefined =>
  table.rows.find((r) => r.cells[0] === row) ?? table.rows.find((r) => r.kind === row);

/** Goes through the tags as rendering will, to say which cells they need and what is wrong with them. */
class Walk {
  #problems = new Map<string, Problem>();
  #groupings = new Set<string>();

  constructor(
    private readonly tags: TagReader,
    private readonly catalogue: FullCatalogue,
    private readonly figures: Figures,
  ) {}

  /** Groupings that are not loaded yet. */
  needed(tree: readonly TagNode[]): string[] {
    this.#problems.clear();
    this.#groupings.clear();
    for (const node of tree) this.#visit(node, {});
    return [...this.#groupings];
  }

  problems(): Problem[] {
    return [...this.#problems.values()];
  }

  /** False where the cells are still to be loaded. */
  #loaded(refs: readonly Ref[]): boolean {
    const missing = refs
      .flatMap((r) => (r.kind === "cells" ? [r.grouping] : r.kind === "together" ? [r.cells.grouping] : []))
      .filter((grouping) => !this.figures.has(grouping));
    for (const grouping of missing) this.#groupings.add(grouping);
    return missing.length === 0;
  }

  #visit(node: TagNode, context: Context): void {
    try {
      this.#read(node, context);
    } catch (error) {
      if (!(error instanceof TagProblem)) throw error;
      this.#problems.set(`${node.place}\n${node.text}`, { ...node, message: error.message });
    }
  }

  #read(node: TagNode, context: Context): void {
    const { tag } = node;
    switch (tag.kind) {
      case "figure":
        this.#loaded(this.tags.refs(tag, context));
        return;
      case "if": {
        const { numerator, denominator } = this.tags.quantity(tag.figure, context);
        this.#loaded(denominator ? [numerator, denominator] : [numerator]);
        for (const child of node.children) this.#visit(child, context);
        return;
      }
      case "if_table":
        for (const child of node.children) this.#visit(child, context);
        return;
      case "chart":
        for (const inside of this.#members(tag.loop, tag.over, context)) {
          for (const series of tag.series) {
            const figure = { ...series.figure, values: [...series.figure.values, ...tag.over] };
            this.#loaded(this.tags.refs({ ...series, figure }, inside));
          }
        }
        return;
      case "loop":
        for (const inside of this.#members(tag.dimension, tag.values, context)) {
          for (const child of node.children) this.#visit(child, inside);
        }
    }
  }

  #members(dimension: string, values: Parameters<typeof resolveLoop>[1], context: Context): Context[] {
    const loop = resolveLoop(dimension, values, context, this.catalogue);
    if (loop.ref !== null && !this.#loaded([loop.ref])) return [];
    return membersOf(loop, this.figures, this.catalogue).map((m) => ({ ...context, ...m.meaning }));
  }
}
