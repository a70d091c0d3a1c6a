export interface KafkaCluster {
  readonly dir: string;
  /** PEM files of a secured cluster. */
  readonly tls: { readonly ca: string; readonly keystore: string } | null;
  readonly brokers: string[];
  listener(name: "SASL_PLAINTEXT" | "SSL" | "SASL_SSL"): string[];
  kill(index?: number, signal?: NodeJS.Signals): Promise<void>;
  signal(index: number, signal: NodeJS.Signals): void;
  restart(index?: number): Promise<void>;
  stop(): Promise<void>;
}
export function startKafka(options?: {
  readonly nodes?: number;
  readonly secure?: boolean;
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  readonly port?: number;
  readonly archive?: boolean;
  readonly dir?: string;
}): Promise<KafkaCluster>;
