import { dayText } from "../../aggregations/calendar.js";
import { AMOUNT_FIELDS } from "../../schemas/input/streams.js";
import { yuanText } from "../../schemas/units.js";
import type { IngestState } from "../ledger/ports.js";
import type { Intake } from "./intake.js";
import type { QuarantineEntry, QuarantineFilter, QuarantineService } from "./port.js";

/** A kept version as JSON: what the quarantine shows of a record whose bytes are not kept any more. */
function keptAsJson(state: IngestState, ref: number): Buffer {
  const { s, facts } = state.ledger.recall(ref);
  const fields: Record<string, unknown> = {
    ...s,
    psn_no: `(pseudonym ${state.persons.pseudonymOf(facts.person).toString("hex")})`,
  };
  delete fields.amounts;
  for (const name of ["setl_time", "updt_time"] as const) fields[name] = new Date(s[name]).toISOString();
  for (const name of ["begndate", "enddate"] as const) {
    fields[name] = Number.isNaN(s[name]) ? null : dayText(s[name]);
  }
  AMOUNT_FIELDS.forEach((name, i) => {
    if (!Number.isNaN(s.amounts[i])) fields[name] = yuanText(s.amounts[i]);
  });
  return Buffer.from(JSON.stringify(fields));
}

/** Works the quarantine of an open state. */
export function quarantineService(
  intake: () => Promise<Intake>,
  open: () => Promise<IngestState>,
  publish: () => Promise<void>,
): QuarantineService {
  return {
    list: async (filter: QuarantineFilter): Promise<QuarantineEntry[]> => {
      const { store } = await open();
      const where = ["status = ?"];
      const values: unknown[] = [filter.status ?? "waiting"];
      if (filter.reason) {
        where.push("reason = ?");
        values.push(filter.reason);
      }
      if (filter.stream) {
        where.push("stream = ?");
        values.push(filter.stream);
      }
      if (filter.source) {
        where.push("place IN (SELECT id FROM place WHERE source = ?)");
        values.push(filter.source);
      }
      const entries = store.quarantine.named(where.join(" AND "), filter.limit ?? -1, ...values);
      return entries.map((e) => {
        const { source, partition } = store.partitions.byId(e.partitionId);
        const { id, position, stream, reason, detail, first_seen, status } = e;
        return { id, source, partition, position, stream, reason, detail, firstSeen: first_seen, status };
      });
    },
    show: async (id) => {
      const state = await open();
      const [e] = state.store.quarantine.find("id = ?", id);
      if (e === undefined) return undefined;
      const { source, partition } = state.store.partitions.byId(e.partitionId);
      const { position, stream, reason, detail, first_seen, status } = e;
      return {
        entry: { id, source, partition, position, stream, reason, detail, firstSeen: first_seen, status },
        // Those of a resolved record went when it was counted.
        bytes: e.raw
          ? state.privacy.open(e.raw)
          : e.ref === null
            ? Buffer.alloc(0)
            : keptAsJson(state, e.ref),
      };
    },
    // Published by who asks, when all are judged.
    retry: async (ids) =>
      (await intake()).revalidate("id IN (SELECT value FROM json_each(?))", JSON.stringify(ids)),
    dismiss: async (ids, why) => {
      const { store } = await open();
      const waiting = store.quarantine.find(
        "status = 'waiting' AND id IN (SELECT value FROM json_each(?))",
        JSON.stringify(ids),
      );
      store.commit(() => {
        store.noteContent();
        for (const { id, ref } of waiting) {
          store.quarantine.update(id, { status: "dismissed", note: why });
          if (ref !== null) store.settlements.forgetSuperseded(ref);
        }
      });
      (await intake()).changes++;
      await publish();
      return waiting.length;
    },
    dismissFile: async (name, why) => {
      const { changedFiles } = await intake();
      changedFiles.dismiss(name, why);
      (await intake()).changes++;
      await publish();
    },
  };
}
