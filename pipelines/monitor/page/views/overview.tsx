import { place } from "../format/number.js";
import { AlertList } from "../parts/alert-list.js";
import { Finding } from "../parts/finding.js";
import { EmptyView, Loaded } from "../parts/states.js";
import { hrefOf, usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import type { OverviewData } from "./overview-data.js";
import { Fund, OtherFunds } from "./overview-funds.js";
import { RecentDays } from "./overview-recent.js";
import { useView } from "./use-view.js";

/** How many funds have a card of their own: those that spend most. The composite of two funds is told by its parts. */
const CARDS = 2;
const COMPOSITE = "employee";
/** 总览: are we within the year's budget, what is unusual, can the figures be trusted. */
export function Overview() {
  const { t } = useText();
  const { params } = usePlace();
  const answer = useView<OverviewData>("overview");
  const wall = params.wall === "1";
  return (
    <Loaded answer={answer}>
      {(data) => {
        if (data.funds.length === 0) return <EmptyView />;
        const funds = data.funds.filter((f) => f.fund !== COMPOSITE);
        const largest = [...funds]
          .sort((a, b) => (place(b.settled) ?? 0) - (place(a.settled) ?? 0))
          .slice(0, CARDS);
        const main = funds.filter((f) => largest.includes(f));
        const others = funds.filter((f) => !largest.includes(f));
        const second = wall && params.frame === "2";
        return (
          <>
            <Finding of={data.finding} />
            <div class="grid even">
              {!second && (
                <>
                  {main.map((fund) => (
                    <Fund key={fund.fund} fund={fund} data={data} />
                  ))}
                  <section class="panel c4">
                    <header>
                      <h2>
                        {t("alerts.openTitle")}
                        <small>{t("trust.records", { n: data.alerts.length })}</small>
                      </h2>
                      <a class="more" href={hrefOf("/alerts")}>
                        {t("view.all")}
                      </a>
                    </header>
                    <AlertList alerts={data.alerts} most={4} />
                  </section>
                </>
              )}
              {(!wall || second) && others.length > 0 && (
                <OtherFunds funds={wall ? others.filter((f) => f.settled !== null) : others} data={data} />
              )}
              {(!wall || second) && data.recent.length > 0 && (
                <RecentDays rows={data.recent} persons={data.persons} />
              )}
            </div>
          </>
        );
      }}
    </Loaded>
  );
}
