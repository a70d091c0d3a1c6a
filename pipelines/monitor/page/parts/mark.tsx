import { catalogue } from "../data/catalogue.js";
import { useStore } from "../state/store.js";
import type { Key } from "../text/text.js";
import { useText } from "../text/text.js";

export type MarkName = "provisional" | "restated" | "reported" | "stale" | "few" | "quarantined" | "silent";

/** One character in a box that says how far a figure may be trusted; why by hover and for screen readers. */
export function Mark({ of, fill }: { of: MarkName; fill?: Readonly<Record<string, string>> }) {
  const { t } = useText();
  return (
    <abbr class="mark" title={t(`why.${of}` as Key, fill)}>
      {t(`mark.${of}` as Key)}
    </abbr>
  );
}

/** Beside the name of a facility whose data have stopped: its figures are older than its neighbours'. */
export function SilentMark({ facility }: { facility: string }) {
  const day = useStore(catalogue)?.lagging?.[facility];
  return day === undefined ? null : (
    <>
      {" "}
      <Mark of="silent" fill={{ day: day || "—" }} />
    </>
  );
}
