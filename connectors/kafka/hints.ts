import type { Consumer } from "kafkajs";
import type { SourceContext } from "../ports/source.js";
import type { PartitionGuard } from "./guard.js";
import { topicOf } from "./topics.js";

/**
 * Tells the broker where we stand, for its tools to show. Nobody reads it back, and whether the broker
 * listens does not matter.
 */
export class PositionHints {
  private readonly told = new Map<PartitionGuard, number>();
  private telling = false;

  constructor(
    private readonly consumer: Consumer,
    private readonly context: SourceContext,
  ) {}

  async tell(guards: Iterable<PartitionGuard>): Promise<void> {
    if (this.telling) return;
    this.telling = true;
    try {
      const offsets = [...guards].flatMap((guard) => {
        const { source, partition } = guard.sourcePartition;
        const next = this.context.committed(source, partition)?.next;
        if (next === undefined || this.told.get(guard) === next) return [];
        this.told.set(guard, next);
        return [{ topic: topicOf(source), partition: Number(partition), offset: String(next) }];
      });
      if (offsets.length > 0) await this.consumer.commitOffsets(offsets);
    } catch {
      this.told.clear();
    } finally {
      this.telling = false;
    }
  }
}
