export function Dip(_: { code?: string }) {
  return null;
}
