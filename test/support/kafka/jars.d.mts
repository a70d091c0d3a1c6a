export function cacheDir(): string;
export function kafkaJars(): Promise<string>;
export function requireJava(): Promise<void>;
