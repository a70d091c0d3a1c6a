export type AvroPrimitive = "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string";

/** A schema node with every name resolved; a recursive schema is a cyclic graph. */
export type AvroNode =
  | ({ readonly kind: AvroPrimitive } & Meaning)
  | ({ readonly kind: "fixed"; readonly name: string; readonly size: number } & Meaning)
  | { readonly kind: "enum"; readonly name: string; readonly symbols: readonly string[] }
  | { readonly kind: "array" | "map"; readonly items: AvroNode }
  | { readonly kind: "union"; readonly branches: readonly AvroNode[] }
  | {
      readonly kind: "record";
      readonly name: string;
      readonly fields: readonly AvroField[];
      /** What its `connect.name` comes to. */
      readonly semantic: string | null;
    };

/** What a primitive or fixed value means. */
export interface Meaning {
  /** The logical type; that of a `connect.name` stands before Avro's own. */
  readonly logical: string | null;
  readonly scale: number;
  /** A `connect.name` that nobody here knows: its values must not be guessed at. */
  readonly unknown?: string;
}

export interface AvroField {
  readonly name: string;
  readonly node: AvroNode;
}
