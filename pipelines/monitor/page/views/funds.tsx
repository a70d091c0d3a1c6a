export function Funds(_: { code?: string }) {
  return null;
}
