export function Quality(_: { code?: string }) {
  return null;
}
