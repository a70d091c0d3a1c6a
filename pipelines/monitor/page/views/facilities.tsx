export function Facilities(_: { code?: string }) {
  return null;
}
