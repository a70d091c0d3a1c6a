import type { GroupKey } from "../../aggregations/dimensions/groups.js";
import type { TupleValues } from "../../aggregations/dimensions/tuples.js";
import { checkedCrc, type StateFile, withCrc } from "./file.js";

/**
 * What the numbers of persons, dimension tuples and groups stand for, so that a restart gives everything its old
 * number. Persons are truth (kept settlements name them by number); tuples and groups are derived. Written only
 * inside a commit.
 */
export class Numbers {
  constructor(private readonly file: StateFile) {}

  /** Pseudonyms in the order of their numbers, 16 bytes each; `first` is the number of a chunk's first person. */
  personChunks(): { readonly first: number; readonly pseudonyms: Buffer }[] {
    const rows = this.file.db.prepare("SELECT first, tags FROM person_chunk ORDER BY first").raw().all();
    return (rows as [number, Buffer][]).map(([first, whole]) => ({
      first,
      pseudonyms: checkedCrc(whole, `person chunk ${first}`),
    }));
  }

  addPersons(first: number, pseudonyms: Buffer): void {
    this.file.sql("INSERT INTO person_chunk (first, tags) VALUES (?, ?)").run(first, withCrc(pseudonyms));
  }

  tuples(): TupleValues[] {
    return this.#parsed("SELECT json FROM combo ORDER BY id");
  }

  addTuple(id: number, { insurance, values, facilityKnown }: TupleValues): void {
    this.file
      .sql("INSERT INTO combo (id, json) VALUES (?, ?)")
      .run(id, JSON.stringify({ insurance, values, facilityKnown }));
  }

  groups(): GroupKey[] {
    return this.#parsed("SELECT json FROM grp ORDER BY gid");
  }

  addGroup(groupId: number, { insurance, grouping, dimensions }: GroupKey): void {
    this.file
      .sql("INSERT INTO grp (gid, json) VALUES (?, ?)")
      .run(groupId, JSON.stringify({ insurance, grouping, dimensions }));
  }

  /** Tuples and groups are to be numbered anew. */
  forgetDerived(): void {
    this.file.sql("DELETE FROM combo").run();
    this.file.sql("DELETE FROM grp").run();
  }

  #parsed<T>(sql: string): T[] {
    return (this.file.db.prepare(sql).raw().all() as [string][]).map(([json]) => JSON.parse(json) as T);
  }
}
