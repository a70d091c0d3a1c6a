export function Outpatient(_: { code?: string }) {
  return null;
}
