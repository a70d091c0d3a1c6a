import { afterEach, expect, test } from "vitest";
import type { PublishInput } from "../../../connectors/ports/publisher.js";
import { MemoryPublisher } from "../../support/memory-publisher.js";
import { memoryFigures, refund, settlement, Workspace } from "../../support/workspace.js";

const NOW = Date.parse("2024-07-01T00:00:00+08:00");

/** Fails at some calls, before or after the publish has taken effect. */
class Flaky extends MemoryPublisher {
  figures: PublishInput["figures"];
  #calls = 0;

  constructor(
    private readonly failing: (call: number) => "before" | "after" | null,
    public calls: number[] = [],
  ) {
    super();
  }

  override async publish(input: PublishInput): Promise<number> {
    const fails = this.failing(++this.#calls);
    this.calls.push(this.#calls);
    if (fails === "before") throw new Error("no space left");
    const version = await super.publish(input);
    this.figures = input.figures ?? this.figures;
    if (fails === "after") throw new Error("could not be moved into place");
    return version;
  }
}

const made: Workspace[] = [];
afterEach(() => {
  for (const w of made.splice(0)) w.remove();
});

function workspace(publisher: Flaky): Workspace {
  const w = new Workspace({ publish: { everySeconds: 0.001 }, log: { level: "silent" } });
  made.push(w);
  w.memory = publisher;
  w.put("enrolment-1.ndjson", [
    {
      as_of: "2024-01-01",
      admdvs: "620725",
      insurance: "resident",
      persons: 100,
      updt_time: "2024-01-02 00:00:00",
    },
  ]);
  w.put("fund-entry-1.ndjson", [
    {
      entry_id: "E1",
      fund: "resident",
      admdvs: "620725",
      kind: "income",
      subject: "levy",
      amount: "500.00",
      book_date: "2024-03-01",
      updt_time: "2024-03-02 00:00:00",
    },
  ]);
  for (let i = 0; i < 6; i++) {
    w.put(`settlement-${i}.ndjson`, [
      settlement(`S${i}`, { setl_time: `2024-0${(i % 3) + 3}-05 10:00:00` }),
      refund(`R${i}`, `S${i}`),
    ]);
  }
  return w;
}

const told = (p: Flaky): unknown => ({ ...memoryFigures(p), figures: p.figures, balance: p.last!.balance });

async function drained(failing: (call: number) => "before" | "after" | null): Promise<Flaky> {
  const publisher = new Flaky(failing);
  await workspace(publisher).drainToMemory(() => NOW);
  return publisher;
}

test.each([
  ["the first publish, before it took effect", (n: number) => (n === 1 ? "before" : null)],
  ["the first publish, after it took effect", (n: number) => (n === 1 ? "after" : null)],
  ["every other publish", (n: number) => (n % 2 ? (n % 4 === 1 ? "before" : "after") : null)],
] as const)("nothing is missing in the end when it fails: %s", async (_name, failing) => {
  const expected = told(await drained(() => null));
  const publisher = new Flaky(failing);
  const w = workspace(publisher);
  // The publish at the end may be the one that fails: then the command does, and the next one makes up for it.
  for (let start = 0; start < 4; start++) {
    const done = await w
      .drainToMemory(() => NOW)
      .then(
        () => true,
        () => false,
      );
    if (done) break;
  }
  expect(publisher.calls.length).toBeGreaterThan(1);
  expect(told(publisher)).toEqual(expected);
});

test("a publisher that always fails stops the run, and the records are kept all the same", async () => {
  const w = workspace(new Flaky(() => "before"));
  await expect(w.drainToMemory(() => NOW)).rejects.toThrow("no space left");
  const publisher = new Flaky(() => null);
  w.memory = publisher;
  await w.drainToMemory(() => NOW);
  expect(told(publisher)).toEqual(told(await drained(() => null)));
});
