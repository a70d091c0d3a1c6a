/** A sum of terms, some subtracted; `abs`: its magnitude. */
export interface Linear {
  readonly plus: readonly string[];
  readonly minus: readonly string[];
  readonly abs?: boolean;
}

/** What a figure is made of: a sum, or a quotient of two. The printed unit says by what it is scaled. */
export interface Formula {
  readonly top: Linear;
  readonly bottom?: Linear;
}

interface Constant {
  readonly constant: number;
}
type Node = Constant | Formula;
const isConstant = (n: Node): n is Constant => "constant" in n;

/**
 * Reads a formula such as `visits / insured * 100` or `abs(dip_paid - ffs_paid)`. Factors are left out of
 * account, since the unit of a figure says them. `term` gives the formula of a name.
 * @returns null where it is none that can be computed
 */
export function parseFormula(text: string, term: (name: string) => Formula | null): Formula | null {
  const tokens = text.match(/[A-Za-z_][A-Za-z0-9_]*|\d+(?:\.\d+)?|[-+*/()]|\S/g) ?? [];
  let at = 0;
  const fail = (): never => {
    throw new SyntaxError(text);
  };
  const factor = (): Node => {
    const token = tokens[at++] ?? fail();
    if (token === "(") {
      const inner = sum();
      if (tokens[at++] !== ")") fail();
      return inner;
    }
    if (/^\d/.test(token)) return { constant: Number(token) };
    if (token === "abs" && tokens[at] === "(") {
      const inner = factor();
      if (isConstant(inner) || inner.bottom) return fail();
      return { top: { ...inner.top, abs: true } };
    }
    return (/^[A-Za-z_]/.test(token) ? term(token) : null) ?? fail();
  };
  const product = (): Node => {
    let left = factor();
    while (tokens[at] === "*" || tokens[at] === "/") {
      const operator = tokens[at++];
      const right = factor();
      if (isConstant(right)) continue;
      if (isConstant(left)) left = operator === "*" ? right : fail();
      else if (operator === "/" && !left.bottom && !right.bottom) left = { top: left.top, bottom: right.top };
      else return fail();
    }
    return left;
  };
  const sum = (): Node => {
    let left = product();
    while (tokens[at] === "+" || tokens[at] === "-") {
      const minus = tokens[at++] === "-";
      const right = product();
      if (isConstant(left) || isConstant(right) || left.bottom || right.bottom) return fail();
      const { plus, minus: less } = right.top;
      left = {
        top: {
          plus: [...left.top.plus, ...(minus ? less : plus)],
          minus: [...left.top.minus, ...(minus ? plus : less)],
        },
      };
    }
    return left;
  };
  try {
    const whole = sum();
    return at < tokens.length || isConstant(whole) ? null : whole;
  } catch {
    return null;
  }
}

/** A stated formula: for every row, or for those whose label holds `label`. */
export interface Stated {
  readonly label: string | null;
  readonly text: string;
}

/**
 * Takes a formula out of the words around it: `rate = paid / fee * 100 (大病: critical_paid / fee)` states two,
 * the second for rows of 大病; other remarks in brackets and after `;` go.
 */
export function statedFormulas(text: string): Stated[] {
  const alternatives = [...text.matchAll(/[(（]\s*([^()（）:：]+)[:：]([^()（）]+)[)）]/g)].map((m) => ({
    label: m[1].trim(),
    text: m[2].trim(),
  }));
  const plain = text
    .split(/[;；]/)[0]
    .replace(/^[^=]*=/, "")
    .replace(/[(（][^()（）]*[^\x20-\x7e][^()（）]*[)）]/g, " ")
    .replace(/\s{2,}\(.*$/, "")
    .replace(/,.*$/, "")
    .trim();
  return [...alternatives, { label: null, text: plain }];
}
