/** Where a character of a document stands: the line of a text, or the paragraph of another document, and how far in. */
export interface Spot {
  readonly anchor: number;
  readonly at: number;
}

/** Text that stands together, and where each stretch of it comes from. */
export interface Passage {
  readonly text: string;
  /** Stretches in order: from `from` on, character `i` of the passage is character `i - from + at` of the anchor. */
  readonly stretches: readonly { readonly from: number; readonly anchor: number; readonly at: number }[];
}

export interface Cell extends Passage {
  /** Part of a merged cell whose text stands elsewhere. */
  readonly covered?: boolean;
}

/** A paragraph: a sentence or several, or a heading. */
export interface Paragraph extends Passage {
  readonly kind: "paragraph";
  /** Depth of a heading that the document says by its style or numbers (一、 （一） 1. （1）); null for none. */
  readonly level: number | null;
}

/** A table as it stands: rows of cells, all of one width. */
export interface Table {
  readonly kind: "table";
  /** First table is 1. */
  readonly number: number;
  /** Line or paragraph of its first cell. */
  readonly anchor: number;
  readonly rows: readonly (readonly Cell[])[];
  /** How many rows the document itself calls header rows; null where it does not say. */
  readonly headerRows: number | null;
}

/** Cells one after another, where the document does not say which stand in a row. */
export interface CellRun {
  readonly kind: "run";
  readonly number: number;
  readonly anchor: number;
  readonly cells: readonly Cell[];
}

export type Block = Paragraph | Table | CellRun;

/** A printed report as it lies there. */
export interface PrintedDocument {
  /** `line` where places are lines of a text, `paragraph` elsewhere. */
  readonly places: "line" | "paragraph";
  readonly blocks: readonly Block[];
}

export const spotOf = ({ stretches }: Passage, at: number): Spot => {
  let here = stretches[0];
  for (const s of stretches) if (s.from <= at) here = s;
  return here === undefined ? { anchor: 0, at } : { anchor: here.anchor, at: at - here.from + here.at };
};

export const passage = (text: string, anchor: number, at = 0): Passage => ({
  text,
  stretches: [{ from: 0, anchor, at }],
});

/** Two passages as one. */
export const joined = (a: Passage, b: Passage): Passage => ({
  text: a.text + b.text,
  stretches: [...a.stretches, ...b.stretches.map((s) => ({ ...s, from: s.from + a.text.length }))],
});

/** Text without white space, for labels. */
export const bare = (text: string): string => text.replace(/\s+/g, "");

/** Full-width digits and signs as plain ones, character by character. */
export const narrow = (text: string): string =>
  text.replace(/[\uff01-\uff5e]/g, (c) =>
    /[０-９．％＋－]/.test(c) ? String.fromCharCode(c.charCodeAt(0) - 0xfee0) : c,
  );
