import { withReported } from "../../aggregations/closing/frozen.js";
import type { PublishInput } from "../../connectors/ports/publisher.js";
import { AlertStore } from "../../connectors/state/alerts.js";
import type { PublishState } from "../ledger/ports.js";
import { channelRows } from "./alerts.js";
import { closedSnapshot } from "./closed-periods.js";
import { givenFigures } from "./given-figures.js";
import { OutlookTable } from "./outlook.js";
import { toldOf } from "./told.js";
import { WholeTables } from "./whole-tables.js";

/**
 * Everything that is published but the sums and persons of settlements, as the state has it at this moment: what a
 * publish of the whole would give. Called when nothing is left to publish, it is what is published.
 * @param version the version that is published
 */
export function publishedAgain(state: PublishState, version: number): PublishInput {
  const { store } = state;
  const span = store.months.dataSpan();
  const alerts = new AlertStore(store);
  const rows = {
    alerts: alerts.alerts(),
    events: alerts.events(),
    channels: channelRows(alerts, state.config),
  };
  return {
    full: true,
    sequence: store.sequence,
    since: 0,
    publishedAt: Number(store.meta("published_at") ?? state.clock()),
    firstDataDay: span.firstDay,
    lastDataDay: span.lastDay,
    ...toldOf(state),
    // A copy: the engine goes on, and its own list grows.
    newGroups: state.groups.groups.slice(),
    months: [],
    persons: [],
    days: [],
    sumChanges: [],
    personChanges: [],
    foresight: {
      judge: { questions: [], judge: () => rows },
      outlook: new OutlookTable(state).snapshot(span, true),
    },
    figures: [...withReported(givenFigures(state, span), state.closed.given())],
    ...closedSnapshot(state, 0),
    ...new WholeTables(state).all(),
    versionFloor: version - 1,
  };
}
