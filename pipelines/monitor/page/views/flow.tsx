import { Finding } from "../parts/finding.js";
import { Segments } from "../parts/pickers.js";
import { EmptyView, Loaded } from "../parts/states.js";
import { change, usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { shortName } from "./columns.js";
import type { FlowData } from "./flow-data.js";
import { TopFacilities } from "./flow-facilities.js";
import { Matrix } from "./flow-matrix.js";
import { MonthsPanel } from "./flow-months.js";
import { SharesPanel } from "./flow-shares.js";
import { useView } from "./use-view.js";

const MEASURES = ["fund_paid", "visits", "fee"] as const;
const measureOf = (params: Readonly<Record<string, string>>): (typeof MEASURES)[number] =>
  MEASURES.find((m) => m === params.measure) ?? "fund_paid";

/** Money, visits or fee: what the months and the places show. */
export function FlowMeasure() {
  const { t, lang } = useText();
  const { params } = usePlace();
  return (
    <Segments
      label={t("flow.measure")}
      value={measureOf(params)}
      options={MEASURES.map((m) => ({ value: m, name: shortName(m, t, lang) }))}
      onPick={(m) => change({ measure: m === "fund_paid" ? null : m })}
    />
  );
}

/** 就医流向: how near people are treated, what it costs, who takes them. */
export function Flow(_: { code?: string }) {
  const { params } = usePlace();
  const indicator = measureOf(params);
  const answer = useView<FlowData>("flow", { indicator });
  const wall = params.wall === "1";
  return (
    <Loaded answer={answer}>
      {(data) => (
        <>
          <Finding of={data.finding} />
          {data.regions.length === 0 ? (
            <EmptyView />
          ) : (
            <div class="grid">
              <SharesPanel data={data} />
              {!wall && <MonthsPanel data={data} indicator={indicator} />}
              {!wall && <TopFacilities data={data} indicator={indicator} />}
              {!wall && <Matrix data={data} />}
            </div>
          )}
        </>
      )}
    </Loaded>
  );
}
