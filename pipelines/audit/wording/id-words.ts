import { readHeading } from "./headings.js";
import type { PrintedStatement } from "./report.js";
import { PREFIX_WORDS } from "./scope.js";
import { FUND_WORDS, STEMS } from "./vocabulary.js";

/** Words of an id that change nothing in what its figures cover. */
const NEUTRAL: ReadonlySet<string> = new Set([
  ...[
    "total",
    "all",
    "overall",
    "summary",
    "overview",
    "fee",
    "fees",
    "reimb",
    "base_comp",
    "trend",
    "count",
  ],
  ...[
    "change",
    "growth",
    "yoy",
    "prev",
    "rate",
    "share",
    "structure",
    "fund_structure",
    "fund_spend",
    "fund",
  ],
  ...["standard", "personal", "paid", "amount", "amounts", "district", "facility", "enrollment_subsidy"],
]);

/** Words of an id that say what its figures cover. */
const KNOWN: ReadonlySet<string> = new Set([
  ...["employee", "resident", "maternity", "aid", "dip", "direct", "manual", "spend"],
  ...["insured", "enrollment", "enrolment", "income", "expense", "balance", "budget", "funding"],
]);

/** First word of a sentence's id that nobody understands; null where there is none, or `dims` says the rest. */
export function unreadWord(statement: PrintedStatement): string | null {
  const { insurance: _, ...dims } = statement.dims ?? {};
  if (Object.keys(dims).length > 0) return null;
  const known = (word: string): boolean =>
    NEUTRAL.has(word) ||
    KNOWN.has(word) ||
    word in STEMS ||
    PREFIX_WORDS.includes(word) ||
    FUND_WORDS.includes(word) ||
    /^(critical|large)_/.test(word);
  return statement.id.split(".").find((word) => !known(word)) ?? null;
}

/** A sentence whose id is not understood, under the words of its text where those are understood to the last. */
export function byItsText(statement: PrintedStatement): PrintedStatement {
  if (unreadWord(statement) === null || !statement.text) return statement;
  const read = readHeading(statement.text, 0);
  if (typeof read === "string" || read.stem !== null || read.prefixes.length === 0) return statement;
  const insured = read.prefixes.some((w) => w === "employee" || w === "resident");
  const own = insured ? [] : statement.id.split(".").filter((w) => /^(employee|resident|maternity)$/.test(w));
  return { ...statement, id: [...own, ...read.prefixes].join(".") };
}
