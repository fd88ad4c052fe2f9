/// Style of the HTML pages: light, dark, and on paper.
enum PageStyle {
  static let text = #"""
    :root { color-scheme: light dark; --back: #fff; --front: #1b1f24; --quiet: #59636e; --line: #d1d9e0;
      --panel: #f6f8fa; --accent: #0550ae; --confirmed: #a40e26; --strong: #bc4c00; --claimed: #7d4e00;
      --weak: #59636e; --good: #116329; }
    @media (prefers-color-scheme: dark) {
      :root { --back: #0d1117; --front: #e6edf3; --quiet: #9198a1; --line: #3d444d; --panel: #151b23;
        --accent: #79c0ff; --confirmed: #ff7b72; --strong: #ffa657; --claimed: #e3b341; --weak: #9198a1;
        --good: #56d364; }
    }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 90rem; padding: 1rem 1.5rem 4rem; background: var(--back);
      color: var(--front); font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
    h1 { font-size: 1.6rem; margin: .5rem 0; } h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
    a { color: var(--accent); } :focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
    nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
    .verdict { border-left: 6px solid var(--good); background: var(--panel); padding: .75rem 1rem; font-size: 1.1rem; }
    .verdict.found { border-color: var(--confirmed); } .verdict.open { border-color: var(--claimed); }
    .verdict p { margin: .2rem 0; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: .92rem; }
    th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line);
      overflow-wrap: anywhere; min-width: 8.5em; }
    th { background: var(--panel); } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
    td.wide, th.wide { min-width: 14em; }
    .badge, .confidence { font-weight: 600; }
    .confirmed .confidence, .badge.confirmed { color: var(--confirmed); } .strong .confidence, .badge.strong { color: var(--strong); }
    .claimed .confidence, .badge.claimed { color: var(--claimed); } .weak .confidence, .badge.weak { color: var(--weak); }
    .quiet { color: var(--quiet); }
    svg { width: 100%; height: auto; display: block; } svg text { fill: var(--front); font-size: 12px; }
    .gap { fill: var(--line); } .volume { fill: var(--panel); stroke: var(--accent); }
    .mark.confirmed { fill: var(--confirmed); } .mark.strong { fill: var(--strong); }
    .mark.claimed { fill: var(--claimed); } .mark.weak { fill: var(--weak); }
    .part { stroke: var(--back); } .items { fill: #4c8bf5; } .metadata { fill: #8250df; } .slack { fill: #bf8700; }
    .carved { fill: #cf222e; } .unallocated { fill: #8c959f; } .gaps { fill: #afb8c1; } .unread { fill: #1b1f24; }
    .axis { stroke: var(--line); } .bar.created { fill: #4c8bf5; } .bar.modified { fill: #bf8700; } .bar.recorded { fill: #8250df; }
    .key span { display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 1em; border: 1px solid var(--line); }
    .key .k-items, .key .k-created { background: #4c8bf5; } .key .k-metadata, .key .k-recorded { background: #8250df; }
    .key .k-slack, .key .k-modified { background: #bf8700; } .key .k-carved { background: #cf222e; }
    .key .k-unallocated { background: #8c959f; } .key .k-gaps { background: #afb8c1; } .key .k-unread { background: #1b1f24; }
    .tools { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: .5rem 0; }
    .tools label { display: flex; flex-direction: column; font-size: .85rem; color: var(--quiet); }
    input, select, button { font: inherit; color: var(--front); background: var(--back); border: 1px solid var(--line);
      border-radius: 4px; padding: .25rem .5rem; max-width: 20rem; }
    .grid { border: 1px solid var(--line); font-size: .9rem; }
    .head, .r { display: grid; grid-template-columns: 7.5rem minmax(12rem, 5fr) minmax(8rem, 3fr) 7rem 7.5rem minmax(7rem, 2fr) 5.5rem 6rem 6.5rem; }
    .head > :nth-child(8) button { text-align: right; }
    .head { position: sticky; top: 0; z-index: 1; background: var(--panel); border-bottom: 1px solid var(--line); }
    .head button { border: 0; background: none; font-weight: 600; text-align: left; width: 100%; white-space: nowrap; }
    [aria-sort=ascending] button::after { content: " \25B2"; } [aria-sort=descending] button::after { content: " \25BC"; }
    .view { max-height: 60vh; overflow-y: scroll; position: relative; }
    .space { position: relative; } .r { position: absolute; left: 0; right: 0; height: 30px; cursor: pointer; border-bottom: 1px solid var(--line); }
    .r:hover, .r.selected { background: var(--panel); } .r.selected { box-shadow: inset 4px 0 var(--accent); }
    .c { padding: 3px 8px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; unicode-bidi: isolate; }
    .c.path { direction: ltr; display: flex; font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .85rem; }
    .c.path span { overflow: hidden; text-overflow: ellipsis; unicode-bidi: isolate; white-space: pre; }
    .c.path .folder { flex: 0 1 auto; color: var(--quiet); } .c.path .name { flex: none; max-width: 80%; }
    .c.size { text-align: right; }
    #evidence { border: 2px solid var(--accent); background: var(--panel); padding: .5rem 1rem 1rem; margin-top: 1rem; }
    #evidence:not([hidden]) { display: block; }
    dl { display: grid; grid-template-columns: 11rem 1fr; gap: .15rem 1rem; margin: 0; } dt { color: var(--quiet); }
    dd { margin: 0; overflow-wrap: anywhere; unicode-bidi: isolate; }
    .print { display: none; }
    @media (max-width: 60rem) {
      body { padding: .5rem .75rem 3rem; } .head, .r { grid-template-columns: 7.5rem 1fr minmax(0, 9rem); }
      .head > :nth-child(n+4), .c:nth-child(n+4) { display: none; } .tools label, .tools input, .tools select { flex-grow: 1; max-width: 100%; }
    }
    @media (max-width: 36rem) {
      .head, .r { grid-template-columns: 7.5rem 1fr; } .head > :nth-child(n+3), .c:nth-child(n+3) { display: none; }
      dl { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; }
    }
    @page { size: A4 landscape; margin: 12mm; }
    @media print {
      :root { --back: #fff; --front: #000; --quiet: #333; --line: #999; --panel: #fff; --accent: #000;
        --confirmed: #000; --strong: #000; --claimed: #000; --weak: #000; }
      nav, .tools, .grid, #evidence, .screen { display: none !important; } .print { display: table; font-size: 8pt; }
      .scroll { overflow: visible; } details:not([open]) > :not(summary) { display: block; }
      p.print { display: block; } body { max-width: none; padding: 0; font-size: 10pt; } h2 { break-after: avoid; } tr, svg { break-inside: avoid; }
    }
    """#
}
