import { afterAll, expect, test } from "vitest";
import { ownBrokersPossible } from "../support/kafka/test-broker.js";
import { ALL_KINDS, Campaign } from "./campaign.js";

/** One round of each kind; another night may take another seed, and `npm run faults` as many rounds as asked for. */
const SEED = Number(process.env.FUNDPULSE_SEED ?? 1);

const kafka = await ownBrokersPossible();
const campaign = new Campaign();
afterAll(() => campaign.end());

test.each(ALL_KINDS.filter(({ on }) => kafka || on === "folder"))(
  "$name: nothing is lost and nothing counted twice",
  { timeout: 300_000 },
  async ({ name }) => {
    const { wrong, lost, doubled } = await campaign.round(SEED, name);
    expect({ wrong, lost, doubled }, `npm run faults -- --rounds 1 --seed ${SEED} --only "${name}"`).toEqual({
      wrong: [],
      lost: 0,
      doubled: 0,
    });
  },
);
