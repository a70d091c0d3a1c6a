export function Query(_: { code?: string }) {
  return null;
}
