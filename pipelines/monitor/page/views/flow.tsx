export function Flow(_: { code?: string }) {
  return null;
}
