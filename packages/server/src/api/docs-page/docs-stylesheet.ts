export const docsStylesheet = `
:root {
  color-scheme: light dark;
  --paper: #faf9f6; --card: #ffffff; --ink: #1f1d18; --faint: #6d6a61; --line: #e4e1d8; --accent: #8a6400; --code: #f4f2ec;
  --get: #1d5a99; --post: #17663a; --patch: #7a4a00; --delete: #a3261b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #16150f; --card: #1f1d16; --ink: #ece8dc; --faint: #a09b8c; --line: #363327; --accent: #f2b705; --code: #17160f;
    --get: #8fc1ff; --post: #7fd6a0; --patch: #f0c46a; --delete: #ff9d90;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: 0.5rem 1rem; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.25rem; border-right: 1px solid var(--line); background: var(--card); font-size: 0.88rem; }
nav h2 { font-size: 0.88rem; margin: 1rem 0 0.2rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: 0.15rem 0 0.15rem 0.75rem; color: inherit; text-decoration: none; overflow-wrap: anywhere; }
nav li a:hover { text-decoration: underline; }
.brand { font-weight: 650; font-size: 1rem; margin: 0; }
.brand span, .faint, small { color: var(--faint); font-weight: 400; }
main { padding: 1.5rem 2rem 6rem; max-width: 60rem; }
main > section > h2 { margin: 3rem 0 1rem; padding-bottom: 0.4rem; border-bottom: 1px solid var(--line); }
article { background: var(--card); border: 1px solid var(--line); border-radius: 0.75rem; padding: 0.25rem 1.25rem 1rem; margin: 0 0 1.25rem; }
article:target { border-color: var(--accent); }
h3 { font-size: 1rem; overflow-wrap: anywhere; }
h4 { font-size: 0.8rem; letter-spacing: 0.04em; text-transform: uppercase; color: var(--faint); margin: 1.25rem 0 0.3rem; }
p { margin: 0.4rem 0; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: 0.875em; }
pre { margin: 0.4rem 0; padding: 0.8rem 1rem; background: var(--code); border: 1px solid var(--line); border-radius: 0.5rem; overflow: auto; max-height: 24rem; }
.get { color: var(--get); } .post { color: var(--post); } .patch { color: var(--patch); } .delete { color: var(--delete); }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.92rem; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 1rem 0.4rem 0; border-top: 1px solid var(--line); }
th { font-weight: 400; white-space: nowrap; width: 1%; }
details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--faint); }
@media (max-width: 50rem) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1rem; }
  th { white-space: normal; width: 35%; }
}
`
