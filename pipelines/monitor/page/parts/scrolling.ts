const STOPS = "a[href], button:not([disabled]), input, select, textarea, [tabindex='0']";

/**
 * A table that is wider than its panel is moved by the arrow keys too: where nothing in it takes the focus, its frame
 * does, under the table's name. Frames come and go with views, data and the window, so they are looked at again.
 */
export function reachableScrolls(root: HTMLElement): void {
  let asked = false;
  const look = (): void => {
    asked = false;
    for (const frame of root.querySelectorAll<HTMLElement>(".scroll")) {
      const wide = frame.scrollWidth > frame.clientWidth && frame.querySelector(STOPS) === null;
      if (wide === (frame.tabIndex === 0)) continue;
      if (wide) {
        frame.tabIndex = 0;
        frame.setAttribute("role", "group");
        frame.setAttribute("aria-label", frame.querySelector("caption")?.textContent ?? "");
      } else for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
    }
  };
  const soon = (): void => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(look);
  };
  new MutationObserver(soon).observe(root, { childList: true, subtree: true });
  addEventListener("resize", soon);
}
