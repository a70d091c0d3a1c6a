/** The page that takes a token: plain HTML of the server's own, without script, in both languages. */
export function loginPage(next: string, failed: "wrong" | "wait" | null): string {
  const message = {
    wrong: ["令牌不正确", "This token is not known"],
    wait: ["错误次数过多，请一分钟后再试", "Too many wrong tokens: wait a minute"],
  };
  const said = failed === null ? "" : `<p role="alert">${message[failed][0]}<br>${message[failed][1]}</p>`;
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>fundpulse 登录</title><link rel="stylesheet" href="/login.css"></head>
<body><main><h1>fundpulse</h1><p>医保基金运行监测</p>${said}
<form method="post" action="/login"><input type="hidden" name="next" value="${escaped(next)}">
<label for="token">访问令牌 Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button type="submit">登录 Sign in</button></form></main></body></html>
`;
}

export const LOGIN_CSS = `:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",system-ui,sans-serif}
main{width:min(20rem,90vw)}h1{font-size:1.375rem;margin:0}p{margin:.25rem 0 1rem}
label{display:block;font-size:.875rem;margin-bottom:.25rem}
input{width:100%;box-sizing:border-box;font:inherit;padding:.5rem}
button{margin-top:1rem;width:100%;font:inherit;padding:.5rem}
[role=alert]{border-left:3px solid;padding-left:.75rem}
`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** A path of our own to go on to; anything else leads to the first page. */
export const safeNext = (next: unknown): string =>
  typeof next === "string" && /^\/(?![/\\])[\x21-\x7e]{0,1000}$/.test(next) ? next : "/";
