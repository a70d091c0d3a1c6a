import { AsyncLocalStorage } from "node:async_hooks";
import { createRequire } from "node:module";

/*
 * Repairs of kafkajs 2.2.4 (pinned) from outside. Each looks at the internals first and leaves alone what
 * is not as expected.
 */
const require = createRequire(import.meta.url);

interface RequestQueue {
  pending: unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}
interface Coordinator {
  fetch(request: unknown): Promise<unknown>;
  listOffsets(request: { isolationLevel?: number }): Promise<unknown>;
  joinGroup(request: { groupId: string; memberId?: string }): Promise<unknown>;
  describeGroups(request: { groupIds: string[] }): Promise<{
    groups: { groupId: string; members: { memberId: string; clientId: string }[] }[];
  }>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
}

/** Client ids whose members of a group are leftovers, by group. */
const leftovers = new Map<string, string>();
let patched = false;

/**
 * The member that a killed process left in the group holds its partitions until its session is over
 * (10 s). Before the next join of `groupId` such members, known by `clientId`, are asked to leave. Only
 * for a client id that no living process can have.
 */
export function evictBeforeJoin(groupId: string, clientId: string): void {
  leftovers.set(groupId, clientId);
}

const fetchListeners = new Set<(error: unknown) => void>();

/**
 * Tells of every fetch that failed. kafkajs often goes on after one as if nothing had happened, even when
 * the topic was deleted and made anew meanwhile. Returns what ends the telling.
 */
export function onFetchFailure(listener: (error: unknown) => void): () => void {
  fetchListeners.add(listener);
  return () => void fetchListeners.delete(listener);
}

export function patchKafkajs(): void {
  if (patched) return;
  patched = true;
  patchIdleTimer();
  patchJoin();
  patchFetch();
  patchListOffsets();
}

const uncommitted = new AsyncLocalStorage<true>();

/** Questions for offsets within `work` are answered with ends that count records of open transactions too. */
export const countingUncommitted = <T>(work: () => Promise<T>): Promise<T> => uncommitted.run(true, work);

/** kafkajs asks for the ends of what is committed alone, and has no way to ask otherwise. */
function patchListOffsets(): void {
  const broker = internal<Coordinator>("kafkajs/src/broker");
  const listOffsets = broker?.listOffsets;
  if (broker === undefined || typeof listOffsets !== "function") return;
  broker.listOffsets = function (this: Coordinator, request) {
    return listOffsets.call(this, uncommitted.getStore() ? { ...request, isolationLevel: 0 } : request);
  };
}

/** An idle connection wakes up every millisecond, for nothing. */
function patchIdleTimer(): void {
  const queue = internal<RequestQueue>("kafkajs/src/network/requestQueue");
  const schedule = queue?.scheduleCheckPendingRequests;
  if (queue === undefined || typeof schedule !== "function") return;
  queue.scheduleCheckPendingRequests = function (this: RequestQueue) {
    const known = Array.isArray(this.pending) && typeof this.throttledUntil === "number";
    if (known && this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
    schedule.call(this);
  };
}

function patchJoin(): void {
  const broker = internal<Coordinator>("kafkajs/src/broker");
  const join = broker?.joinGroup;
  if (broker === undefined || typeof join !== "function") return;
  if (typeof broker.describeGroups !== "function" || typeof broker.leaveGroup !== "function") return;
  broker.joinGroup = async function (this: Coordinator, request) {
    const clientId = leftovers.get(request.groupId);
    if (clientId !== undefined && !request.memberId) {
      leftovers.delete(request.groupId);
      await evict(this, request.groupId, clientId).catch(() => undefined);
    }
    return join.call(this, request);
  };
}

function patchFetch(): void {
  const broker = internal<Coordinator>("kafkajs/src/broker");
  const fetch = broker?.fetch;
  if (broker === undefined || typeof fetch !== "function") return;
  broker.fetch = async function (this: Coordinator, request) {
    try {
      return await fetch.call(this, request);
    } catch (error) {
      for (const listener of fetchListeners) listener(error);
      throw error;
    }
  };
}

async function evict(coordinator: Coordinator, groupId: string, clientId: string): Promise<void> {
  const { groups } = await coordinator.describeGroups({ groupIds: [groupId] });
  const members = groups.find((group) => group.groupId === groupId)?.members ?? [];
  for (const member of members) {
    if (member.clientId === clientId) await coordinator.leaveGroup({ groupId, memberId: member.memberId });
  }
}

function internal<T>(path: string): T | undefined {
  try {
    return (require(path) as { prototype?: T }).prototype;
  } catch {
    return undefined;
  }
}
