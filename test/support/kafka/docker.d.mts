export function dockerAnswers(): Promise<boolean>;
export function startDockerKafka(): Promise<{ brokers: string[]; stop(): Promise<unknown> }>;
