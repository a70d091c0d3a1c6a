export function Restatements(_: { code?: string }) {
  return null;
}
