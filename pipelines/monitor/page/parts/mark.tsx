import type { Key } from "../text/text.js";
import { useText } from "../text/text.js";

export type MarkName = "provisional" | "restated" | "reported" | "stale" | "few" | "quarantined";

/** One character in a box that says how far a figure may be trusted; why by hover and for screen readers. */
export function Mark({ of, fill }: { of: MarkName; fill?: Readonly<Record<string, string>> }) {
  const { t } = useText();
  return (
    <abbr class="mark" title={t(`why.${of}` as Key, fill)}>
      {t(`mark.${of}` as Key)}
    </abbr>
  );
}
