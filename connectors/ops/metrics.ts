import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { SEVERITIES } from "../../schemas/alerts/rule.js";
import { QUARANTINE_REASONS } from "../../schemas/quarantine.js";
import { type Observer, OUTCOMES } from "../ports/observer.js";

/** Metrics in Prometheus' text form. */
export interface Metrics extends Observer {
  readonly contentType: string;
  text(): Promise<string>;
}

const SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The Prometheus metrics of one pipeline, in a registry of their own. Labels are of low cardinality. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const records = new Counter({
    name: "fundpulse_records_total",
    help: "Records committed, by what became of them",
    labelNames: ["source", "outcome"],
    registers,
  });
  const lag = new Gauge({
    name: "fundpulse_lag_records",
    help: "Records that wait to be read, by partition",
    labelNames: ["source", "partition"],
    registers,
  });
  const open = new Gauge({
    name: "fundpulse_open_transaction_records",
    help: "Of these, records that wait for an open transaction, by partition",
    labelNames: ["source", "partition"],
    registers,
  });
  let lagAt: number | null = null;
  const lagAge = new Gauge({
    name: "fundpulse_lag_age_seconds",
    help: "How old the lag is: it grows while the source does not answer",
    registers,
    collect: () => {
      if (lagAt !== null) lagAge.set(Math.max(0, performance.now() - lagAt) / 1000);
    },
  });
  const connected = new Gauge({
    name: "fundpulse_connected",
    help: "1 while the source answers, 0 while it does not",
    registers,
  });
  connected.set(1);
  const quarantined = new Gauge({
    name: "fundpulse_quarantine_waiting",
    help: "Records that wait in the quarantine, by reason",
    labelNames: ["reason"],
    registers,
  });
  const unmapped = new Gauge({
    name: "fundpulse_unmapped_yuan",
    help: "Fee of settlements whose facility or code is not known (table quality_unmapped), by kind",
    labelNames: ["kind"],
    registers,
  });
  const verifiedAt = new Gauge({
    name: "fundpulse_verified_timestamp_seconds",
    help: "When the published figures were last recounted, Unix time; absent before the first time",
    registers: [],
  });
  const differences = new Gauge({
    name: "fundpulse_verified_differences",
    help: "Differences that the last recount found",
    registers: [],
  });
  const diskFree = new Gauge({
    name: "fundpulse_disk_free_bytes",
    help: "Room left on the disk of data",
    registers,
  });
  const batches = new Histogram({
    name: "fundpulse_batch_seconds",
    help: "From the start of decoding a batch to its commit",
    buckets: SECONDS,
    registers,
  });
  const publishes = new Histogram({
    name: "fundpulse_publish_seconds",
    help: "Duration of a publish",
    buckets: SECONDS,
    registers,
  });
  const publishFailures = new Counter({
    name: "fundpulse_publish_failures_total",
    help: "Publishes that failed",
    registers,
  });
  const watermark = new Gauge({
    name: "fundpulse_watermark_timestamp_seconds",
    help: "Latest setl_time applied, Unix time",
    registers,
  });
  const visible = new Histogram({
    name: "fundpulse_append_to_visible_seconds",
    help: "From a record's append to its log to the publish that shows it",
    buckets: SECONDS,
    registers,
  });
  const version = new Gauge({
    name: "fundpulse_published_version",
    help: "Version of the published file",
    registers,
  });
  const alerts = new Gauge({
    name: "fundpulse_alerts_open",
    help: "Alerts that stand, acknowledged ones included, by severity",
    labelNames: ["severity"],
    registers,
  });
  const messages = new Counter({
    name: "fundpulse_notifications_total",
    help: "Attempts to send an alert, by channel and whether the receiver accepted it",
    labelNames: ["channel", "outcome"],
    registers,
  });
  const waiting = new Gauge({
    name: "fundpulse_notifications_waiting",
    help: "Alert messages that no receiver has accepted yet, by channel",
    labelNames: ["channel"],
    registers,
  });
  const gaps = new Gauge({
    name: "fundpulse_gaps_open",
    help: "Accepted gaps in the input that nobody has dismissed",
    registers,
  });
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    batch({ source, seconds, ...counts }) {
      for (const outcome of OUTCOMES) {
        records.inc({ source, outcome }, counts[outcome]);
      }
      batches.observe(seconds);
    },
    published(outcome) {
      publishes.observe(outcome.seconds);
      version.set(outcome.version);
      if (outcome.watermark !== null) watermark.set(outcome.watermark / 1000);
      for (const seconds of outcome.appendToVisibleSeconds) visible.observe(seconds);
    },
    standing(outcome) {
      version.set(outcome.version);
      if (outcome.watermark !== null) watermark.set(outcome.watermark / 1000);
    },
    publishFailed: () => publishFailures.inc(),
    drained() {},
    gaps: (open) => gaps.set(open),
    alerts(outcome) {
      const open = outcome.alerts.filter((a) => a.state === "open" || a.state === "acknowledged");
      for (const severity of SEVERITIES)
        alerts.set({ severity }, open.filter((a) => a.facts.severity === severity).length);
      for (const c of outcome.channels) waiting.set({ channel: c.channel }, c.waiting);
    },
    notified: (channel, accepted) => messages.inc({ channel, outcome: accepted ? "accepted" : "failed" }),
    connection(outcome) {
      connected.set(outcome.connected ? 1 : 0);
      lagAt = outcome.lagAt;
    },
    quality(outcome) {
      for (const reason of QUARANTINE_REASONS) quarantined.set({ reason }, outcome.waiting.get(reason) ?? 0);
      unmapped.reset();
      for (const [kind, fen] of outcome.unmapped) unmapped.set({ kind }, fen / 100);
      if (outcome.verified !== null) {
        // A series that is absent says "never"; 0 would say 1970.
        registry.registerMetric(verifiedAt);
        registry.registerMetric(differences);
        verifiedAt.set(outcome.verified.at / 1000);
        differences.set(outcome.verified.differences);
      }
      if (outcome.diskFree !== null) diskFree.set(outcome.diskFree);
    },
    lag(lags) {
      // Partitions that are gone (a file read to its end) leave the gauge.
      lag.reset();
      open.reset();
      for (const { source, partition, lag: count, inOpenTransactions } of lags) {
        if (count !== null) lag.set({ source, partition }, count);
        if (inOpenTransactions) open.set({ source, partition }, inOpenTransactions);
      }
    },
  };
}
