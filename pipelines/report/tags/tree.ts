import { parseTag, type Tag, TagProblem } from "./grammar.js";

/** A tag as it stands in a template. */
export interface PlacedTag {
  /** Without its braces. */
  readonly text: string;
  /** Where it stands, in words: the paragraph or the cell, and its text. */
  readonly place: string;
}

/** A tag that has been read, with what stands between it and its end. */
export interface TagNode extends PlacedTag {
  readonly tag: Tag;
  readonly children: readonly TagNode[];
}

/** What is wrong with a tag. */
export interface Problem extends PlacedTag {
  readonly message: string;
}

/** Reads tags in the order in which they stand; every problem is collected. */
export function readTree(tags: readonly PlacedTag[], problems: Problem[]): TagNode[] {
  const root: TagNode[] = [];
  const open: { placed: PlacedTag; children: TagNode[] }[] = [];
  for (const placed of tags) {
    const siblings = open.at(-1)?.children ?? root;
    let tag: Tag;
    try {
      tag = parseTag(placed.text);
    } catch (error) {
      if (!(error instanceof TagProblem)) throw error;
      problems.push({ ...placed, message: error.message });
      continue;
    }
    if (tag.kind === "end") {
      if (open.pop() === undefined)
        problems.push({ ...placed, message: "there is nothing open for it to end" });
    } else if (tag.kind === "loop" || tag.kind === "if" || tag.kind === "if_table") {
      const children: TagNode[] = [];
      siblings.push({ ...placed, tag, children });
      open.push({ placed, children });
    } else {
      siblings.push({ ...placed, tag, children: [] });
    }
  }
  for (const { placed } of open) problems.push({ ...placed, message: "its end {/} is missing" });
  return root;
}

/** Texts of the tags between braces, in their order. */
export function tagsIn(text: string): string[] {
  return [...text.matchAll(/\{([^{}]*)\}/g)].map((m) => m[1]!);
}
