import type { ComponentChildren } from "preact";

const Glyph = ({ children }: { children: ComponentChildren }) => (
  <svg width="0.75rem" height="0.75rem" viewBox="0 0 12 12" aria-hidden="true">
    {children}
  </svg>
);

/** A status is a shape before it is a colour. */
export const Watch = () => (
  <Glyph>
    <path d="M6 1 11.5 11H.5z" fill="var(--watch-fill)" />
  </Glyph>
);
export const Critical = () => (
  <Glyph>
    <path d="M6 0 12 6 6 12 0 6z" fill="var(--critical)" />
  </Glyph>
);
export const Info = () => (
  <Glyph>
    <circle cx="6" cy="6" r="4.5" fill="none" stroke="var(--ink-3)" stroke-width="1.5" />
  </Glyph>
);
export const Ok = () => (
  <Glyph>
    <path d="M1.5 6.5 4.8 10 10.5 2.5" fill="none" stroke="currentColor" stroke-width="1.7" />
  </Glyph>
);
export const Down = () => (
  <Glyph>
    <path d="M2 4l4 4 4-4" fill="none" stroke="currentColor" stroke-width="1.4" />
  </Glyph>
);

/** A circle filled by a share. */
export function Part({ share }: { share: number }) {
  const angle = 2 * Math.PI * Math.min(share, 0.9999) - Math.PI / 2;
  const to = `${6 + 5 * Math.cos(angle)} ${6 + 5 * Math.sin(angle)}`;
  return (
    <Glyph>
      <circle cx="6" cy="6" r="5" fill="none" stroke="currentColor" stroke-width="1.3" />
      <path d={`M6 6V1A5 5 0 ${share > 0.5 ? 1 : 0} 1 ${to}z`} fill="currentColor" />
    </Glyph>
  );
}

export function Severity({ of }: { of: string }) {
  return of === "critical" ? <Critical /> : of === "warning" ? <Watch /> : <Info />;
}

export const KeyBar = ({ fill = "var(--now)" }: { fill?: string }) => (
  <svg width="1rem" height="0.625rem" aria-hidden="true">
    <rect width="100%" height="100%" fill={fill} />
  </svg>
);
export const KeyTick = () => (
  <svg width="0.25rem" height="0.75rem" aria-hidden="true">
    <rect x="25%" width="50%" height="100%" fill="var(--ink)" />
  </svg>
);
export const KeyFlat = () => (
  <svg width="0.875rem" height="0.75rem" aria-hidden="true">
    <rect y="42%" width="100%" height="16%" fill="var(--ink)" />
  </svg>
);
export const KeyTime = () => (
  <svg width="0.25rem" height="0.5rem" aria-hidden="true">
    <rect x="30%" width="40%" height="100%" fill="var(--ink-3)" />
  </svg>
);
export const KeyOutlook = () => (
  <svg width="1.25rem" height="0.75rem" aria-hidden="true">
    <rect y="8%" width="100%" height="84%" fill="var(--band)" />
    <circle
      cx="50%"
      cy="50%"
      r="0.21875rem"
      fill="var(--surface)"
      stroke="var(--now)"
      stroke-width="0.125rem"
    />
  </svg>
);
export const KeyDot = ({ hollow }: { hollow?: boolean }) => (
  <svg width="0.75rem" height="0.75rem" aria-hidden="true">
    <circle
      cx="50%"
      cy="50%"
      r="0.25rem"
      fill={hollow ? "var(--surface)" : "var(--now)"}
      stroke={hollow ? "var(--last)" : "var(--now)"}
      stroke-width="0.09375rem"
    />
  </svg>
);
