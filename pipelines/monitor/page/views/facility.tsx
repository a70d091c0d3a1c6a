export function Facility(_: { code?: string }) {
  return null;
}
