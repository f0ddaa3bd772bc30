/** Looks of the page of slack-page.ts, close to those of Slack's light theme. */
export const STYLE = `
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: #1d1c1d; font: 15px/1.46668 Lato, "Noto Sans", "DejaVu Sans", Helvetica, Arial, "Noto Color Emoji", sans-serif; }
header.channel { padding: 14px 20px; border-bottom: 1px solid #dddddd; font-size: 18px; font-weight: 900; }
main { padding: 8px 0 16px; }
article { display: flex; gap: 8px; padding: 12px 20px; max-width: 760px; }
.avatar { flex: none; width: 36px; padding-top: 4px; }
.body { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.who { display: flex; align-items: baseline; gap: 6px; }
.who b { font-weight: 900; }
.app { background: #e8e8e8; color: #616061; border-radius: 2px; padding: 1px 3px; font-size: 10px; font-weight: 700; line-height: 1.25; }
.who time { color: #616061; font-size: 12px; }
h2 { margin: 6px 0 4px; font-size: 18px; line-height: 1.33334; font-weight: 900; }
.section { margin: 8px 0; }
.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; }
.context { margin: 6px 0; color: #616061; font-size: 12.5px; display: flex; flex-wrap: wrap; gap: 4px 10px; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }
.button { font: inherit; font-weight: 700; font-size: 13px; border: 1px solid #bbbabb; border-radius: 4px; background: #fff; padding: 4px 12px; }
.button.primary { background: #007a5a; border-color: #007a5a; color: #fff; }
.button.danger { color: #e01e5a; border-color: #e01e5a; }
code { font: 12px/1.5 Monaco, Menlo, "DejaVu Sans Mono", monospace; color: #c01343; background: #f8f8f8; border: 1px solid #dedede; border-radius: 3px; padding: 2px 3px 1px; }
.context code { font-size: 11px; }
pre { font: 12px/1.5 Monaco, Menlo, "DejaVu Sans Mono", monospace; background: #f8f8f8; border: 1px solid #dedede; border-radius: 4px; padding: 8px; white-space: pre-wrap; }
a { color: #1264a3; text-decoration: none; }
blockquote { margin: 4px 0; padding-left: 12px; border-left: 4px solid #dddddd; }
.mention { background: #fdf3d8; color: #1264a3; border-radius: 3px; padding: 0 2px; }
hr { border: 0; border-top: 1px solid #dddddd; margin: 12px 0; }
`;
