export function createTopics(brokers: string[], partitions?: number): Promise<string[]>;
