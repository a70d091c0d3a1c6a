import { useMemo } from "preact/hooks";
import { catalogue, session, valueName } from "../data/catalogue.js";
import type { PeriodInfo, Session } from "../data/types.js";
import { periodText } from "../format/date.js";
import { useStore } from "../state/store.js";
import { change, usePlace } from "../state/url.js";
import type { Key } from "../text/text.js";
import { useText } from "../text/text.js";

export type PickerName = "period" | "insurance" | "district" | "compare" | "yoy";

const KINDS: readonly PeriodInfo["kind"][] = ["ytd", "year", "half", "quarter", "month"];

export interface Option {
  readonly value: string;
  readonly name: string;
}

/** A native list under a label: the keyboard, a phone and a screen reader know it. */
export function Pick({
  label,
  value,
  options,
  groups,
  onPick,
  name,
}: {
  label: string;
  value: string;
  options?: readonly Option[];
  groups?: readonly { label: string; options: readonly Option[] }[];
  onPick: (value: string) => void;
  name: string;
}) {
  const item = (o: Option) => (
    <option key={o.value} value={o.value} selected={o.value === value}>
      {o.name}
    </option>
  );
  return (
    <label class="pick">
      <span>{label}</span>
      <select name={name} value={value} onChange={(e) => onPick(e.currentTarget.value)}>
        {options?.map(item)}
        {groups?.map((g) => (
          <optgroup key={g.label} label={g.label}>
            {g.options.map(item)}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

/** Where the view has only two or three choices: all of them visible. */
export function Segments({
  label,
  value,
  options,
  onPick,
  small,
}: {
  label: string;
  value: string;
  options: readonly Option[];
  onPick: (value: string) => void;
  small?: boolean;
}) {
  return (
    <fieldset class={`seg${small ? " small" : ""}`} aria-label={label}>
      {options.map((o) => (
        <button key={o.value} type="button" aria-pressed={o.value === value} onClick={() => onPick(o.value)}>
          {o.name}
        </button>
      ))}
    </fieldset>
  );
}

/** Digits of a division's code that its jurisdiction has in common with it. */
const OWN_DIGITS: Readonly<Record<string, number>> = { county: 6, city: 4, province: 2 };

/** People insured elsewhere are no district of the jurisdiction. */
const within = (division: string, who: Session | null): boolean =>
  who === null ||
  division.startsWith(who.jurisdiction.admdvs.slice(0, OWN_DIGITS[who.jurisdiction.level] ?? 6));

/** Period, insurance, district, comparison: the same on every view, kept in the address. */
export function Pickers({ show }: { show: readonly PickerName[] }) {
  const { t, lang } = useText();
  const { params } = usePlace();
  const known = useStore(catalogue);
  const who = useStore(session);
  const groups = useMemo(
    () =>
      KINDS.map((kind) => ({
        label: t(`kind.${kind}` as Key),
        options: (known?.periods ?? [])
          .filter((p) => p.kind === kind)
          .map((p) => ({ value: p.period, name: periodText(p.period, lang) }))
          .reverse(),
      })).filter((g) => g.options.length > 0),
    [known, lang],
  );
  if (!known) return null;
  const district = known.dimensions.find((d) => d.dimension === "district");
  const insurances = known.insurances
    .map((i) => (typeof i === "string" ? i : i.value))
    .filter((i) => i !== "all");
  return (
    <>
      {show.includes("period") && (
        <Pick
          name="period"
          label={t("picker.period")}
          value={params.period ?? ""}
          options={[{ value: "", name: t("picker.current") }]}
          groups={groups}
          onPick={(v) => change({ period: v })}
        />
      )}
      {show.includes("insurance") && (
        <Pick
          name="insurance"
          label={t("picker.insurance")}
          value={params.insurance ?? ""}
          options={[
            { value: "", name: t("picker.all") },
            ...insurances.map((i) => ({ value: i, name: valueName("insurance", i, lang) })),
          ]}
          onPick={(v) => change({ insurance: v })}
        />
      )}
      {show.includes("district") && (
        <Pick
          name="district"
          label={t("picker.district")}
          value={params.district ?? ""}
          options={[
            {
              value: "",
              name: who ? t("picker.wholeArea", { name: who.jurisdiction.name }) : t("picker.all"),
            },
            ...(district?.values ?? [])
              .filter((v) => within(v.value, who))
              .map((v) => ({ value: v.value, name: lang === "zh" ? v.zh : v.en || v.zh })),
          ]}
          onPick={(v) => change({ district: v })}
        />
      )}
      {show.includes("compare") && (
        <Pick
          name="compare"
          label={t("picker.compare")}
          value={params.compare ?? ""}
          options={[{ value: "", name: t("picker.noCompare") }]}
          groups={groups}
          onPick={(v) => change({ compare: v })}
        />
      )}
      {show.includes("yoy") && !params.compare && (
        <button
          type="button"
          class="toggle"
          aria-pressed={params.yoy !== "0"}
          onClick={() => change({ yoy: params.yoy === "0" ? null : "0" })}
        >
          {t("picker.yoy")}
        </button>
      )}
    </>
  );
}
