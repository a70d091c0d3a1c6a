import { expect, test } from "vitest";
import { visible, visibleJson, visibleLines } from "../../schemas/visible.js";

test("what a terminal would obey, or what hides or turns text, is shown as its code", () => {
  expect(visible("a\u001b[31mred\u001b]0;title\u0007")).toBe("a\\x1b[31mred\\x1b]0;title\\x07");
  expect(visible("one\r\ntwo\tthree")).toBe("one\\x0d\\x0atwo\\x09three");
  expect(visible("\u009b2J\u007f")).toBe("\\u009b2J\\u007f");
  expect(visible("user\u202etxt.exe\u2066\u200b\ufeff")).toBe("user\\u202etxt.exe\\u2066\\u200b\\ufeff");
  expect(visible("\ud800 \u{e0041}")).toBe("\\ud800 \\udb40\\udc41");
  expect(visible("山丹县人民医院 (二级) – café 𠮷")).toBe("山丹县人民医院 (二级) – café 𠮷");
});

test("lines stay lines, and JSON stays the same JSON", () => {
  expect(visibleLines("a\n\tb\u001b")).toBe("a\n\tb\\x1b");
  const value = { name: "x\u009b\u202e\u007f\u{e0041}\u001b", list: ["\\x41"] };
  const json = visibleJson(JSON.stringify(value, null, 2));
  expect(JSON.parse(json)).toEqual(value);
  expect(json).toMatch(/^[\n\x20-\x7e]*$/);
});
