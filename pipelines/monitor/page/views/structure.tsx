export function Structure(_: { code?: string }) {
  return null;
}
