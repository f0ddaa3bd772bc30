/** Looks of the pages of slack-page.ts, close to Slack's own in light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --text: #1d1c1d; --soft: #616061; --line: #dddddd; --raised: #f8f8f8; --border: #bbbabb; --link: #1264a3;
  --code: #c01343; --green: #007a5a; --red: #e01e5a; --app: #e8e8e8; --mention: #fdf3d8; --me: #f8e1a0; --side: #3f0e40; --quiet: #fbf8ef; }
@media (prefers-color-scheme: dark) { :root { --bg: #1a1d21; --text: #d1d2d3; --soft: #ababad; --line: #35373b; --raised: #222529; --border: #565856;
  --link: #1d9bd1; --code: #e8912d; --green: #148567; --red: #f2688f; --app: #3c3e42; --mention: #1d3a4c; --me: #5a4a17; --side: #19171d; --quiet: #212428; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.46668 Lato, "Noto Sans", "DejaVu Sans", Helvetica, Arial, "Noto Color Emoji", sans-serif; }
h1, h2, p { margin: 0; }
header.channel { padding: 14px 20px; border-bottom: 1px solid var(--line); display: flex; align-items: center; justify-content: space-between; gap: 12px; }
h1 { font-size: 18px; font-weight: 900; }
main { padding: 8px 0 16px; }
article { display: flex; gap: 8px; padding: 12px 20px; }
article.private { background: var(--quiet); }
.only { color: var(--soft); font-size: 12px; }
.avatar { flex: none; width: 36px; padding-top: 4px; }
.body { flex: 1; min-width: 0; max-width: 680px; overflow-wrap: anywhere; }
.who { display: flex; align-items: baseline; gap: 6px; }
.who b { font-weight: 900; }
.app { background: var(--app); color: var(--soft); border-radius: 2px; padding: 1px 3px; font-size: 10px; font-weight: 700; line-height: 1.25; }
.who time, .edited { color: var(--soft); font-size: 12px; }
h2 { margin: 6px 0 4px; font-size: 18px; line-height: 1.33334; font-weight: 900; }
.section { margin: 8px 0; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; }
.context { margin: 6px 0; color: var(--soft); font-size: 12.5px; display: flex; flex-wrap: wrap; gap: 4px 10px; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }
.thread { margin-top: 8px; border-left: 3px solid var(--line); padding-left: 12px; }
.thread article { padding: 8px; }
.thread .avatar, .thread .avatar svg { width: 24px; height: 24px; }
.thread h2 { font-size: 15px; }
.count { color: var(--link); font-size: 13px; font-weight: 700; }
.button { font: inherit; font-weight: 700; font-size: 13px; border: 1px solid var(--border); border-radius: 4px; background: var(--bg); color: var(--text); padding: 4px 12px; }
button.button { cursor: pointer; }
button.button:disabled { opacity: .5; cursor: default; }
.button.primary { background: var(--green); border-color: var(--green); color: #fff; }
.button.danger { color: var(--red); border-color: var(--red); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code { font: 12px/1.5 Monaco, Menlo, "DejaVu Sans Mono", monospace; color: var(--code); background: var(--raised); border: 1px solid var(--line); border-radius: 3px; padding: 2px 3px 1px; }
.context code { font-size: 11px; }
pre { font: 12px/1.5 Monaco, Menlo, "DejaVu Sans Mono", monospace; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: 8px; white-space: pre-wrap; }
a { color: var(--link); text-decoration: none; }
blockquote { margin: 4px 0; padding-left: 12px; border-left: 4px solid var(--line); }
.mention { background: var(--mention); color: var(--link); border-radius: 3px; padding: 0 2px; }
.mention.me { background: var(--me); font-weight: 700; }
hr { border: 0; border-top: 1px solid var(--line); margin: 12px 0; }
.live { display: grid; grid-template-columns: 200px 1fr; height: 100vh; }
.live .column { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
.live main { flex: 1; overflow-y: auto; }
.live main:focus { outline: none; }
nav { background: var(--side); color: #fff; padding: 14px 8px; overflow-y: auto; }
.team { font-weight: 900; padding: 0 8px 10px; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; color: #d6cfd6; padding: 3px 8px; border-radius: 4px; overflow-wrap: anywhere; }
nav a[aria-current] { background: #1164a3; color: #fff; }
select, input, textarea { font: inherit; color: var(--text); background: var(--bg); border: 1px solid var(--border); border-radius: 4px; padding: 4px 8px; }
#composer { display: flex; gap: 8px; align-items: center; padding: 12px 20px; border-top: 1px solid var(--line); }
#composer input { flex: 1; min-width: 0; }
#notice:not(:empty) { padding: 6px 20px; background: var(--mention); }
dialog { border: 1px solid var(--line); border-radius: 8px; background: var(--bg); color: var(--text); width: min(520px, 92vw); padding: 20px; }
dialog::backdrop { background: #0009; }
.buttons { display: flex; justify-content: flex-end; gap: 8px; margin-top: 16px; }
.input { margin: 14px 0; }
.input label { display: block; font-weight: 700; margin-bottom: 4px; }
.input input, .input textarea { width: 100%; }
.hint { color: var(--soft); font-size: 13px; margin-top: 3px; }
.error { color: var(--red); font-size: 13px; }
@media (max-width: 640px) { .live { grid-template-columns: 1fr; grid-template-rows: auto 1fr; } }
`;
