import type { Finding as Said } from "../data/types.js";
import { useText } from "../text/text.js";

/** The sentence that a view opens with, as the server's rules made it. */
export function Finding({ of }: { of: Said | null | undefined }) {
  const { lang } = useText();
  if (!of) return <p class="finding skeleton" aria-hidden="true" />;
  return (
    <p class="finding" data-finding>
      {of[lang].map((part) =>
        part.tone === "plain" ? (
          part.text
        ) : (
          <b class={part.tone === "strong" ? undefined : part.tone}>{part.text}</b>
        ),
      )}
    </p>
  );
}
