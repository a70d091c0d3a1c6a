import { valueName } from "../data/catalogue.js";
import { apiUrl } from "../data/client.js";
import { useApi } from "../data/use-api.js";
import { Finding } from "../parts/finding.js";
import { Mark } from "../parts/mark.js";
import { Pickers, Segments } from "../parts/pickers.js";
import { Loaded } from "../parts/states.js";
import { change, hrefOf, usePlace } from "../state/url.js";
import { useText } from "../text/text.js";
import { Beside } from "./facility-beside.js";
import { Categories } from "./facility-categories.js";
import type { FacilityData } from "./facility-data.js";
import { MonthsPanel } from "./facility-months.js";
import { StripPanel } from "./facility-strips.js";
/** One facility against its peers: by figure, by month, by category. */
export function Facility({ code }: { code?: string }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const care = params.care ?? "inpatient";
  const answer = useApi<FacilityData>(
    apiUrl(`facilities/${encodeURIComponent(code ?? "")}`, {
      period: params.period,
      insurance: params.insurance,
      care,
      peers: params.peers,
    }),
  );
  const data = answer.data;
  return (
    <>
      <header class="head">
        <div>
          <h1 tabIndex={-1}>
            {data?.facility.name ?? code}{" "}
            {data && data.completeness !== "1.000000" && <Mark of="provisional" />}
          </h1>
          <p class="tags">
            <a class="more" href={hrefOf("/facilities")}>
              {t("nav.facilities")}
            </a>{" "}
            {data &&
              [
                data.facility.tier && valueName("tier", data.facility.tier, lang),
                data.facility.kind && valueName("kind", data.facility.kind, lang),
                data.facility.ownership && valueName("ownership", data.facility.ownership, lang),
                data.facility.district_name,
              ]
                .filter(Boolean)
                .map((v) => ` · ${v}`)}{" "}
            <span class="quiet">{code}</span>
          </p>
        </div>
        <div class="filters">
          <Segments
            label={t("facility.peers")}
            value={params.peers ?? data?.peers.scope ?? "local"}
            options={[
              { value: "local", name: t("facility.local") },
              { value: "all", name: t("facility.all") },
            ]}
            onPick={(v) => change({ peers: v })}
          />
          <Pickers show={["period", "insurance", "yoy"]} />
        </div>
      </header>
      <Loaded answer={answer}>
        {(d) => (
          <>
            <Finding of={d.finding} />
            <div class="grid">
              <StripPanel data={d} care={care} />
              <Beside data={d} />
              <MonthsPanel data={d} />
              <Categories data={d} />
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}
