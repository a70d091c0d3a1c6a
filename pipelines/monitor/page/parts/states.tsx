import type { ComponentChildren } from "preact";
import type { Problem } from "../data/types.js";
import type { Answer } from "../data/use-api.js";
import { change, usePlace } from "../state/url.js";
import { useText } from "../text/text.js";

/** What went wrong, to which request, what to do: the server's own words. */
export function ProblemBox({ of }: { of: Problem }) {
  const { t } = useText();
  return (
    <div class="blank" role="alert">
      <h2>{t("problem.title")}</h2>
      <p>{of.status === 0 ? t("problem.unreachable") : (of.detail ?? of.title)}</p>
      {of.action && <p>{of.action}</p>}
      {of.code && <p class="quiet">{of.code}</p>}
    </div>
  );
}

function Skeleton() {
  return (
    <div aria-hidden="true">
      <div class="finding">
        <div class="skeleton" />
      </div>
      <div class="grid">
        {[0, 1, 2].map((i) => (
          <div key={i} class="panel c4">
            <div class="skeleton" />
            <div class="skeleton big" />
            <div class="skeleton tall" />
          </div>
        ))}
      </div>
    </div>
  );
}

interface Scoped {
  readonly scope?: { readonly insurance: string | null; readonly district: string | null };
}

/** Says so where the published figures cannot be narrowed as the pickers ask. */
function Wider({ of }: { of: unknown }) {
  const { t } = useText();
  const { params } = usePlace();
  const scope = (of as Scoped).scope;
  if (!scope) return null;
  const district = params.district && scope.district !== params.district;
  const insurance = params.insurance && (scope.insurance ?? "all") !== params.insurance;
  if (!district && !insurance) return null;
  return (
    <p class="banner" role="status">
      {t(district ? "scope.district" : "scope.insurance")}
    </p>
  );
}

/** A view of one answer: its shape while it loads, the old figures while newer ones come, words when there are none. */
export function Loaded<T>({
  answer,
  children,
}: {
  answer: Answer<T>;
  children: (data: T) => ComponentChildren;
}) {
  const { t } = useText();
  if (!answer.data) {
    if (answer.problem) return <ProblemBox of={answer.problem} />;
    return (
      <div aria-busy="true">
        <span class="sr">{t("loading")}</span>
        <Skeleton />
      </div>
    );
  }
  return (
    <div class={answer.loading ? "busy" : undefined} aria-busy={answer.loading}>
      {answer.problem && <ProblemBox of={answer.problem} />}
      <Wider of={answer.data} />
      {children(answer.data)}
    </div>
  );
}

export function EmptyView() {
  const { t } = useText();
  return (
    <div class="blank">
      <p>{t("empty.view")}</p>
      <button
        type="button"
        class="button"
        onClick={() => change({ period: null, insurance: null, district: null })}
      >
        {t("empty.back")}
      </button>
    </div>
  );
}
