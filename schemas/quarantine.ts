/** Why a record cannot be counted (docs/specification.md#quarantine). */
export const QUARANTINE_REASONS = [
  "undecodable",
  "unknown_schema",
  "missing_field",
  "bad_value",
  "identity_broken",
  "sign_broken",
  "unknown_category",
  "conflicting_version",
  "future_time",
  "too_old",
  "out_of_jurisdiction",
] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

/** A record that cannot be counted: the reason and a detail without any personal value. */
export interface Rejection {
  readonly reason: QuarantineReason;
  /** Names the field and what was expected. Never holds `psn_no` nor the raw record. */
  readonly detail: string;
}
