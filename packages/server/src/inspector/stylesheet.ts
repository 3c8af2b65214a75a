export const stylesheet = `
:root {
  color-scheme: light dark;
  --paper: #faf9f6; --card: #ffffff; --ink: #1f1d18; --faint: #6d6a61; --line: #e4e1d8; --accent: #8a6400;
  --good: #17663a; --good-paper: #e3f4e9; --bad: #a3261b; --bad-paper: #fbe8e5; --code: #f4f2ec;
  --name: #7a4a00; --string: #1b6138; --number: #1d5a99; --word: #8b2f8b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16150f; --card: #1f1d16; --ink: #ece8dc; --faint: #a09b8c; --line: #363327; --accent: #f2b705;
    --good: #7fd6a0; --good-paper: #16301f; --bad: #ff9d90; --bad-paper: #3a1a16; --code: #17160f;
    --name: #f0c46a; --string: #93d7a5; --number: #8fc1ff; --word: #e2a2e2;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
.bar { border-bottom: 1px solid var(--line); background: var(--card); padding: 0.75rem max(1rem, calc((100vw - 58rem) / 2)); }
.brand img { display: block; }
.brand { display: inline-flex; align-items: center; gap: 0.5rem; color: inherit; text-decoration: none; font-weight: 650; }
.brand span { color: var(--faint); font-weight: 400; }
main { max-width: 60rem; margin: 0 auto; padding: 1.25rem 1rem 4rem; }
h1 { font-size: 1.15rem; margin: 0; }
h2 { font-size: 0.8rem; letter-spacing: 0.04em; text-transform: uppercase; color: var(--faint); margin: 1rem 0 0.4rem; font-weight: 600; }
label { color: var(--faint); font-size: 0.9rem; }
button, select, input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.45rem 0.8rem; min-height: 2.6rem; }
button, select { cursor: pointer; }
button:hover, select:hover { border-color: var(--faint); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.primary { background: var(--accent); border-color: var(--accent); color: var(--paper); font-weight: 600; }
.copy { display: flex; gap: 0.5rem; margin-top: 0.3rem; }
.copy input { flex: 1; min-width: 0; font-family: ui-monospace, monospace; font-size: 0.9rem; text-overflow: ellipsis; }
.answer { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; margin: 0.9rem 0 1.6rem; color: var(--faint); font-size: 0.9rem; }
.answer select { color: var(--ink); min-width: 0; }
.answer select[name=status] { flex: 0 1 auto; max-width: 11rem; text-overflow: ellipsis; }
.answer span:first-child { white-space: nowrap; }
.answer.failing select { border-color: var(--bad); }
.title { display: flex; align-items: center; justify-content: space-between; min-height: 2.6rem; margin-bottom: 0.6rem; }
.empty { border: 1px dashed var(--line); border-radius: 0.75rem; padding: 1.5rem; color: var(--faint); }
.empty p { margin: 0 0 0.8rem; }
.request { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; margin-bottom: 0.75rem; padding: 0 1rem; }
.request[open] { padding-bottom: 1rem; }
.request.new { animation: arrive 1.2s ease-out; }
@keyframes arrive { from { border-color: var(--accent); box-shadow: 0 0 0 3px var(--accent); } }
@media (prefers-reduced-motion: reduce) { .request.new { animation: none; } }
summary { display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 0.75rem; padding: 0.75rem 0; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary strong { overflow-wrap: anywhere; font-weight: 600; }
.facts { display: flex; flex-wrap: wrap; gap: 0 0.9rem; margin-left: auto; color: var(--faint); font-size: 0.85rem; font-variant-numeric: tabular-nums; }
.badge { font-size: 0.78rem; font-weight: 600; border-radius: 1rem; padding: 0.1rem 0.6rem; background: var(--code); color: var(--faint); white-space: nowrap; }
.badge.good { background: var(--good-paper); color: var(--good); }
.badge.bad { background: var(--bad-paper); color: var(--bad); }
.signature { margin: 0; font-size: 0.92rem; color: var(--faint); }
.signature.good { color: var(--good); }
.signature.bad { color: var(--bad); }
.signature span { color: var(--faint); }
.path { margin: 0.5rem 0 0; overflow-wrap: anywhere; }
.none { margin: 0; color: var(--faint); font-size: 0.92rem; }
pre { margin: 0; padding: 0.8rem 1rem; background: var(--code); border: 1px solid var(--line); border-radius: 0.5rem; overflow: auto; max-height: 32rem; font: 0.84rem/1.55 ui-monospace, SFMono-Regular, Menlo, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.body { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.25rem; margin-top: 1rem; }
.body h2 { margin: 0 auto 0 0; }
.body > label { padding: 0.35rem 0.7rem; border-radius: 0.5rem 0.5rem 0 0; cursor: pointer; }
.body > input { position: absolute; opacity: 0; min-height: 0; }
.body > input:checked + label { color: var(--ink); background: var(--code); font-weight: 600; }
.body > input:focus-visible + label { outline: 2px solid var(--accent); }
.body pre { width: 100%; display: none; }
.body > input:nth-of-type(1):checked ~ .pretty, .body > input:nth-of-type(2):checked ~ .raw { display: block; }
.name { color: var(--name); } .string { color: var(--string); } .number { color: var(--number); } .word { color: var(--word); }
table { width: 100%; border-collapse: collapse; font: 0.84rem/1.5 ui-monospace, SFMono-Regular, Menlo, monospace; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0; border-top: 1px solid var(--line); }
th { font-weight: 400; color: var(--faint); padding-right: 1.25rem; white-space: nowrap; width: 1%; }
td { overflow-wrap: anywhere; }
.start { padding: 3rem 0; max-width: 34rem; }
.start h1 { font-size: 1.6rem; }
.away .bar { border-color: var(--bad); }
@media (max-width: 36rem) {
  .answer { flex-wrap: nowrap; }
  .answer .with { display: none; }
  .answer select[name=status] { flex: 1 1 auto; }
  .facts { margin-left: 0; width: 100%; }
  table, tbody, tr, th, td { display: block; width: 100%; }
  td { border-top: 0; padding-top: 0; }
  th { padding-bottom: 0; }
}
`
