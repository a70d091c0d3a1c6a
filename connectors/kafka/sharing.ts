import type { Admin } from "kafkajs";
import { FundpulseError } from "../../schemas/errors.js";
import type { SourceContext } from "../ports/source.js";
import type { KafkaSettings } from "./options.js";

/**
 * Watches that every partition is ours: a group that another member reads too leaves each of them a part of the records,
 * and figures of a part look like figures. For a while that is normal (a rebalance, a process that has just died).
 */
export class Sharing {
  private timer: NodeJS.Timeout | null = null;
  private memberId = "";
  private counts = { assigned: 0, count: 0 };

  constructor(
    private readonly admin: Admin,
    private readonly settings: KafkaSettings,
    private readonly context: SourceContext,
    private readonly fail: (failure: FundpulseError) => void,
  ) {}

  /** After each join: how many of all partitions are ours. */
  assigned(assigned: number, count: number, memberId: string): void {
    this.memberId = memberId;
    this.counts = { assigned, count };
    if (assigned >= count) {
      this.end();
      this.context.incomplete?.(null);
      return;
    }
    const { groupId, sharedMs } = this.settings;
    this.context.warn("kafka group shared with another member", { group: groupId, assigned, of: count });
    this.context.incomplete?.(
      `another member of group ${groupId} reads ${count - assigned} of ${count} partitions`,
    );
    this.timer ??= setTimeout(() => void this.giveUp(), sharedMs);
  }

  end(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  /** Whether the broker refused us because the group's members are of another kind. */
  isForeign(error: Error): boolean {
    for (let e: unknown = error; e instanceof Error; e = e.cause) {
      if ((e as { type?: string }).type === "INCONSISTENT_GROUP_PROTOCOL") return true;
    }
    return false;
  }

  foreign(): FundpulseError {
    return new FundpulseError(
      "FP3008",
      `group ${this.settings.groupId} is in use by consumers of another program`,
    );
  }

  private async giveUp(): Promise<void> {
    const { groupId, sharedMs } = this.settings;
    const { assigned, count } = this.counts;
    const others = await this.others().catch(() => []);
    const who = others.length === 0 ? "a member that the broker does not name" : others.join(", ");
    this.fail(
      new FundpulseError(
        "FP3008",
        `only ${assigned} of ${count} partitions are ours, for ${Math.round(sharedMs / 1000)} s: group ${groupId} is also read by ${who}`,
      ),
    );
  }

  private async others(): Promise<string[]> {
    const { groups } = await this.admin.describeGroups([this.settings.groupId]);
    return groups
      .flatMap((group) => group.members)
      .filter((member) => member.memberId !== this.memberId)
      .map((member) => `${member.clientId} on ${member.clientHost.replace(/^\//, "")}`);
  }
}
