export function Reports(_: { code?: string }) {
  return null;
}
