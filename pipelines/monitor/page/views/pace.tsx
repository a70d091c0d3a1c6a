export function Pace(_: { code?: string }) {
  return null;
}
