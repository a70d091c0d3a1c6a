import type { Decimal } from "decimal.js";
import type { Meaning } from "./quantity.js";

/** One printed figure: where it stands, what it says. */
export interface PrintedFigure {
  /** Id of its table or sentence. */
  readonly id: string;
  /** Label of its row; "" in a sentence. */
  readonly row: string;
  readonly rowIndex: number;
  readonly line: number | null;
  readonly kind: "detail" | "subtotal" | "total" | "statement";
  readonly key: string;
  readonly heading: string;
  /** Of a sentence's figure: what it is about, as a table has it in its row … */
  readonly part?: string;
  /** … and in its column. */
  readonly column?: string;
  /** As printed, with the sign of its direction; as written where it cannot be read. */
  readonly text: string;
  /** null where no number stands. */
  readonly printed: Decimal | null;
  /** Digits after the point that its column has; prose drops zeros at the end. */
  readonly decimals: number;
  readonly meaning: Meaning | string;
}

/** Marks that stand where there is no figure. */
const BLANK = /^(?:[-—–―/\\…]+|\.{3,}|无)?$/;
const wide = (text: string): string => text.normalize("NFKC").replaceAll(/[,\s]/g, "");

/** Whether a cell says that there is no figure: empty, a dash, a stroke. */
export const isBlank = (text: string): boolean => BLANK.test(wide(text));
