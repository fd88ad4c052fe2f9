/// The HTML report without its data, as a ``PageTemplate``.
enum ReportTemplate {
  static let text = #"""
    <header>
    <h1>{{title}}</h1>
    {{#verdict}}
    <div class="verdict {{class}}">{{#sentences}}
    <p>{{.}}</p>{{/sentences}}</div>
    {{/verdict}}
    <nav aria-label="Sections"><ul>
    <li><a href="#products">Products</a></li><li><a href="#findings">Findings</a></li>
    <li><a href="#ledger">Not scanned</a></li><li><a href="#media">Media</a></li>
    <li><a href="#times">Timeline</a></li><li><a href="#custody">Scans</a></li>
    </ul></nav>
    </header>
    <main>
    <section id="products" aria-labelledby="h-products">
    <h2 id="h-products">Products</h2>
    <div class="scroll" tabindex="0"><table>
    <thead><tr><th scope="col">Product</th><th scope="col">Version</th><th scope="col">State</th>
    <th scope="col">Confidence</th><th scope="col" class="number">Endpoints</th><th scope="col" class="wide">Where</th></tr></thead>
    <tbody>
    {{#products}}
    <tr><td>{{product}}{{#embedded}} <span class="quiet">(embedded in another vendor's product)</span>{{/embedded}}</td><td>{{version}}</td>
    <td>{{state}}</td><td><span class="badge {{confidence}}">{{confidence}}</span></td><td class="number">{{count}}</td><td class="wide">{{names}}</td></tr>
    {{/products}}
    {{^products}}
    <tr><td colspan="6">none</td></tr>
    {{/products}}
    </tbody></table></div>
    {{#moreProducts}}
    <p>{{.}} more lines are in the CSV report.</p>
    {{/moreProducts}}
    <p class="quiet">State: <b>active</b> the system starts it; <b>installed</b> the system lists it; <b>files</b> its files exist;
    <b>remnants</b> only records, settings or deleted files. Confidence: <b>confirmed</b> a valid code signature of the vendor;
    <b>strong</b> marks in the code that nobody forges casually; <b>claimed</b> what the file says of itself; <b>weak</b> anything else.
    Endpoints scanned: {{endpoints}}.</p>
    </section>
    <section id="findings" aria-labelledby="h-findings">
    <h2 id="h-findings">Findings</h2>
    <noscript><p>Findings need JavaScript to be listed here; the CSV report has them too.</p></noscript>
    <div id="findings-tools" class="tools" hidden>
    <label>Search <input id="search" type="search" placeholder="path, product, hash"></label>
    <label>Confidence <select id="f-confidence"><option value="*">all</option></select></label>
    <label>Product <select id="f-product"><option value="*">all</option></select></label>
    <label>Component <select id="f-component"><option value="*">all</option></select></label>
    <label>Endpoint <select id="f-endpoint"><option value="*">all</option></select></label>
    <span id="count" role="status" aria-live="polite"></span>
    </div>
    <div class="grid screen">
    <div id="view" class="view" role="grid" tabindex="0" aria-label="Findings; arrow keys select, Enter shows the evidence">
    <div id="head" class="head" role="row" aria-rowindex="1">
    <div role="columnheader" aria-sort="descending"><button class="sort" data-column="0">Confidence</button></div>
    <div role="columnheader"><button class="sort" data-column="1">Path</button></div>
    <div role="columnheader"><button class="sort" data-column="2">Product</button></div>
    <div role="columnheader"><button class="sort" data-column="3">Version</button></div>
    <div role="columnheader"><button class="sort" data-column="4">Component</button></div>
    <div role="columnheader"><button class="sort" data-column="5">Endpoint</button></div>
    <div role="columnheader"><button class="sort" data-column="6">State</button></div>
    <div role="columnheader"><button class="sort" data-column="7">Size</button></div>
    <div role="columnheader"><button class="sort" data-column="8">Modified</button></div>
    </div>
    <div id="space" class="space" role="presentation"><div id="rows" role="rowgroup"></div></div>
    </div></div>
    <div id="evidence" role="region" aria-labelledby="evidence-title" hidden>
    <h3 id="evidence-title" tabindex="-1">Evidence</h3>
    <div id="evidence-list"></div>
    <p><button id="close">Close (Escape)</button></p>
    </div>
    <table class="print"><thead><tr><th>Confidence</th><th class="wide">Path</th><th>Product</th><th>Version</th><th>Component</th>
    <th>Endpoint</th><th>State</th><th class="number">Size</th><th>Modified</th></tr></thead><tbody id="printed"></tbody></table>
    <p id="print-note" class="print"></p>
    </section>
    <section id="ledger" aria-labelledby="h-ledger">
    <h2 id="h-ledger">What was not scanned</h2>
    {{^reasons}}
    <p>Nothing: every item was read to its end.</p>
    {{/reasons}}
    {{#reasons}}
    <p><b>{{count}}</b> {{reason}}</p>
    {{/reasons}}
    <details{{^moreProblems}} open{{/moreProblems}}><summary>Items</summary>
    <div class="scroll" tabindex="0"><table>
    <thead><tr><th scope="col">Outcome</th><th scope="col" class="wide">Item</th><th scope="col" class="wide">Reason and remedy</th><th scope="col">Machine</th></tr></thead>
    <tbody>
    {{#problems}}
    <tr><td>{{reason}}</td><td class="wide">{{path}}</td><td class="wide">{{message}}</td><td>{{machine}}</td></tr>
    {{/problems}}
    {{^problems}}
    <tr><td colspan="4">none</td></tr>
    {{/problems}}
    </tbody></table></div>
    {{#moreProblems}}
    <p>{{.}} more are in the CSV report.</p>
    {{/moreProblems}}
    </details>
    </section>
    <section id="media" aria-labelledby="h-media">
    <h2 id="h-media">Media</h2>
    {{^media}}
    <p>No disk image was scanned.</p>
    {{/media}}
    {{#media}}
    <h3>{{name}}</h3>
    {{{picture}}}
    <p class="key">{{#parts}}<span class="k-{{class}}"></span>{{key}} {{shown}}{{/parts}}</p>
    <details><summary>Account in bytes</summary><table><tbody>
    {{#parts}}
    <tr><th scope="row">{{key}}</th><td class="number">{{bytes}}</td></tr>
    {{/parts}}
    <tr><th scope="row">size</th><td class="number">{{size}}</td></tr>
    {{#sha256}}
    <tr><th scope="row">SHA-256</th><td>{{sha256}} {{verification}}</td></tr>
    {{/sha256}}
    </tbody></table></details>
    {{/media}}
    {{#moreMedia}}
    <p>{{.}} more media are not shown.</p>
    {{/moreMedia}}
    </section>
    <section id="times" aria-labelledby="h-times">
    <h2 id="h-times">Timeline</h2>
    {{^timeline}}
    <p>No times are known.</p>
    {{/timeline}}
    {{#timeline}}
    {{{timeline}}}
    <p class="key"><span class="k-created"></span>created<span class="k-modified"></span>modified<span class="k-recorded"></span>recorded by the system</p>
    <details><summary>Counts</summary><table>
    <thead><tr><th scope="col">Period</th><th scope="col" class="number">Created</th><th scope="col" class="number">Modified</th><th scope="col" class="number">Recorded</th></tr></thead><tbody>
    {{#periods}}
    <tr><th scope="row">{{name}}</th><td class="number">{{created}}</td><td class="number">{{modified}}</td><td class="number">{{recorded}}</td></tr>
    {{/periods}}
    </tbody></table></details>
    {{/timeline}}
    </section>
    <section id="custody" aria-labelledby="h-custody">
    <h2 id="h-custody">Scans</h2>
    <div class="scroll" tabindex="0"><table>
    <thead><tr><th scope="col">Machine</th><th scope="col">Result</th><th scope="col" class="number">Items</th><th scope="col" class="number">Matched</th><th scope="col" class="number">Clean</th>
    <th scope="col" class="number">Skipped</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Partly read</th><th scope="col">Bytes read</th></tr></thead><tbody>
    {{#scans}}
    <tr><td>{{machine}}</td><td>{{complete}}</td><td class="number">{{seen}}</td><td class="number">{{matched}}</td><td class="number">{{clean}}</td>
    <td class="number">{{skipped}}</td><td class="number">{{failed}}</td><td class="number">{{partly}}</td><td>{{read}} of {{present}}</td></tr>
    {{/scans}}
    </tbody></table></div>
    {{#scans}}
    <details><summary>{{machine}}, {{start}}</summary><dl>
    <dt>Results</dt><dd>{{source}}</dd>
    {{#identifier}}
    <dt>Scan</dt><dd>{{identifier}}</dd>
    {{/identifier}}
    <dt>Tool</dt><dd>{{tool}}</dd><dt>Libraries</dt><dd>{{libraries}}</dd>
    {{#rules}}
    <dt>Rules</dt><dd>{{name}}, SHA-256 {{sha256}}</dd>
    {{/rules}}
    <dt>Command</dt><dd>{{command}}</dd><dt>Start</dt><dd>{{start}}</dd><dt>End</dt><dd>{{end}}</dd>
    {{#head}}
    <dt>Chain head</dt><dd>{{head}}</dd>
    {{/head}}
    {{#evidence}}
    <dt>Evidence</dt><dd>{{name}} ({{kind}})</dd>
    {{/evidence}}
    </dl></details>
    {{/scans}}
    {{#moreScans}}
    <p>{{.}} more scans are not shown.</p>
    {{/moreScans}}
    </section>
    </main>

    """#
}
