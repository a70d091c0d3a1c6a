/** A value as it stands in a cell of a table: nothing for NULL, JSON for lists and structs. */
export const cellText = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
