import { createHash } from "node:crypto";
import type { DimensionRules } from "../../aggregations/dimensions/tuples.js";
import type { StateIdentity } from "../../connectors/state/file.js";
import { Privacy } from "../../connectors/state/person-key.js";
import type { Config } from "../../schemas/config/schema.js";

/** A short hash of a value as JSON, to see whether it is another one. */
export const hashOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 24);

/** What decides dimensions and sums; a state built under other rules is refused (FP2005). */
export function rulesOf(config: Config): object {
  const { jurisdiction, timezone, periods, groupings, personGroupings, refunds, insurances } = config;
  const { careGroups, reimbursed, benefit } = config;
  return {
    admdvs: jurisdiction.admdvs,
    level: jurisdiction.level,
    timezone,
    firstDay: periods.firstDay,
    keepDays: periods.keepDays,
    keepFacilityDays: periods.keepFacilityDays,
    dayGroupings: periods.dayGroupings,
    groupings,
    personGroupings,
    refunds,
    insurances,
    careGroups,
    reimbursed,
    benefit,
    ...beyondDefaults(config),
  };
}

/** A hash of each rule by its name, as text: kept beside the state, to name the one that differs. */
const ruleParts = (config: Config): string =>
  JSON.stringify(
    Object.fromEntries(Object.entries(rulesOf(config)).map(([name, rule]) => [name, hashOf(rule)])),
  );

/** What a state must agree with before it may go on under a configuration. */
export const stateIdentity = (
  config: Config,
  privacy = new Privacy(config.privacy.personKey),
): Required<StateIdentity> => ({
  keyCheck: privacy.keyCheck,
  rules: hashOf(rulesOf(config)),
  ruleParts: ruleParts(config),
});

/** Rules that came later: named only where they are set, so that a state made before them is none of other rules. */
function beyondDefaults({ personKinds, channels }: Config): object {
  const given = Object.entries({ personKinds, channels });
  return Object.fromEntries(given.filter(([, value]) => Object.keys(value).length > 0));
}

/** The part of the configuration that a settlement's dimensions follow from. */
export function dimensionRules(config: Config): DimensionRules {
  return {
    jurisdiction: config.jurisdiction,
    insurances: new Map(
      Object.entries(config.insurances).flatMap(([insurance, codes]) =>
        codes.map((code): [string, string] => [code, insurance]),
      ),
    ),
    personKinds: config.personKinds,
    channels: config.channels,
    careGroups: config.careGroups,
    groupings: config.groupings,
    personGroupings: config.personGroupings,
    dayGroupings: config.periods.dayGroupings,
  };
}
