export function Inpatient(_: { code?: string }) {
  return null;
}
