import type { Rejection } from "../../../schemas/quarantine.js";
import { PASSED_OVER } from "../../ports/decoder.js";

/**
 * What a change event of a database says of its row: which image of the row to take, and whether the row is
 * gone.
 */
export interface ChangeEvent {
  readonly image: "before" | "after";
  readonly deletes: boolean;
}

/** Debezium's `op`: create, read (snapshot), update, delete, message, truncate. */
export function debeziumEvent(op: string): ChangeEvent | Rejection {
  switch (op) {
    case "c":
    case "r":
    case "u":
      return { image: "after", deletes: false };
    case "d":
      return { image: "before", deletes: true };
    case "m":
      return PASSED_OVER;
    case "t":
      return {
        reason: "bad_value",
        detail: "op t: a truncated table cannot be taken over; send each deletion",
      };
    default:
      return { reason: "undecodable", detail: "the op of the envelope is none of c, r, u, d" };
  }
}
