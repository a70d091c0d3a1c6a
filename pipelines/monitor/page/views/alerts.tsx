export function Alerts(_: { code?: string }) {
  return null;
}
