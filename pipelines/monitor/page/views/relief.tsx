export function Relief(_: { code?: string }) {
  return null;
}
