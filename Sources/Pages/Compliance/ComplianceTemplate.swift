/// The compliance report without its data, as ``PageTemplate``s of both languages.
enum ComplianceTemplate {
  static let html = #"""
    <header>
    <h1>{{title}}</h1>
    <p>{{#organisation}}{{organisation}}. {{/organisation}}Based on {{scanCount}} scans of {{endpointCount}} endpoints, {{period}}.</p>
    {{#verdict}}
    <div class="verdict {{class}}">{{#sentences}}
    <p>{{.}}</p>{{/sentences}}</div>
    {{/verdict}}
    </header>
    <main>
    <section><h2>1. Products found</h2>
    {{^products}}
    <p><b>None.</b></p>
    {{/products}}
    <div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Product</th><th scope="col">Version</th><th scope="col" class="number">Endpoints</th><th scope="col">State</th>
    <th scope="col">Confidence</th><th scope="col">Embedded component</th><th scope="col" class="wide">Covered by</th></tr></thead><tbody>
    {{#products}}
    <tr><td>{{product}}</td><td>{{version}}</td><td class="number">{{count}}</td><td>{{state}}</td><td>{{confidence}}</td><td>{{embedded}}</td><td class="wide">{{coverage}}</td></tr>
    {{/products}}
    {{^products}}
    <tr><td colspan="7">none</td></tr>
    {{/products}}
    </tbody></table></div></section>
    <section><h2>2. Endpoints with each product</h2>
    <div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Product</th><th scope="col" class="number">Endpoints</th><th scope="col" class="number">Present</th><th scope="col" class="number">Remnants only</th><th scope="col" class="wide">Names</th></tr></thead><tbody>
    {{#endpointsOfProducts}}
    <tr><td>{{product}}</td><td class="number">{{count}}</td><td class="number">{{present}}</td><td class="number">{{remnants}}</td><td class="wide">{{names}}</td></tr>
    {{/endpointsOfProducts}}
    {{^endpointsOfProducts}}
    <tr><td colspan="5">none</td></tr>
    {{/endpointsOfProducts}}
    </tbody></table></div></section>
    <section><h2>3. Methods</h2>
    {{#methods}}
    <dl>
    {{#tools}}
    <dt>Tool</dt><dd>{{.}}</dd>
    {{/tools}}
    {{#libraries}}
    <dt>Libraries</dt><dd>{{.}}</dd>
    {{/libraries}}
    {{#rules}}
    <dt>Rule set</dt><dd>{{.}}</dd>
    {{/rules}}
    {{#commands}}
    <dt>Command</dt><dd>{{.}}</dd>
    {{/commands}}
    {{#heads}}
    <dt>Chain head</dt><dd>{{.}}</dd>
    {{/heads}}
    <dt>Items</dt><dd>{{seen}} seen: {{matched}} matched, {{clean}} clean, {{skipped}} skipped, {{failed}} failed</dd>
    </dl>
    {{/methods}}
    <p>Every file is compared with signatures by content; names and paths alone find nothing. Confidence says how hard a finding is to forge:
    confirmed, a valid code signature of the vendor; strong, marks in the code; claimed, what the file says of itself. Records of the system
    (registry, package databases) say what is installed or started.</p>
    <h3>Not scanned</h3>
    {{^reasons}}
    <p>Nothing: every item was read to its end.</p>
    {{/reasons}}
    <ul>
    {{#reasons}}
    <li>{{count}} {{reason}}</li>
    {{/reasons}}
    </ul>
    {{^complete}}
    <p><b>The scans are incomplete.</b> What was not scanned may hold products.</p>
    {{/complete}}
    </section>
    <section><h2>4. Embedded components</h2>
    {{^embeddedProducts}}
    <p>None.</p>
    {{/embeddedProducts}}
    <ul>
    {{#embeddedProducts}}
    <li>{{product}} {{version}}, on {{count}} endpoints ({{coverage}})</li>
    {{/embeddedProducts}}
    </ul></section>
    <section><h2>5. What is due</h2>
    {{#directives}}
    <h3>{{name}}</h3>
    <p>{{citation}}. Periods begin on {{start}}.</p>
    <div class="scroll" tabindex="0"><table><thead><tr><th scope="col">After</th><th scope="col">Date</th><th scope="col" class="wide">Due</th></tr></thead><tbody>
    {{#duties}}
    <tr><td>{{days}}</td><td>{{date}}</td><td class="wide">{{text}}{{#then}} Next: {{then}}{{/then}}</td></tr>
    {{/duties}}
    </tbody></table></div>
    {{#hasBusinessDays}}
    <p class="quiet">Business days are Monday to Friday; holidays are not taken into account.</p>
    {{/hasBusinessDays}}
    <p><b>Covered:</b> {{scope}}</p>
    {{#exclusions}}
    <p><b>Excluded:</b> {{exclusions}}</p>
    {{/exclusions}}
    {{/directives}}
    </section>
    <section><h2>6. Progress of the removal</h2>
    {{^progress}}
    <p>No earlier results were given.</p>
    {{/progress}}
    {{#progress}}
    <p>Endpoints with each product, by the day of the results:</p>
    <div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Product</th>{{#dates}}<th scope="col">{{.}}</th>{{/dates}}</tr></thead><tbody>
    {{#rows}}
    <tr><td>{{product}}</td>{{#counts}}<td>{{.}}</td>{{/counts}}</tr>
    {{/rows}}
    </tbody></table></div>
    <p>From the first to these results, installations:</p><ul>
    {{#changes}}
    <li>{{count}} {{change}}</li>
    {{/changes}}
    </ul>
    {{#missing}}
    <p>Not scanned again: {{.}}</p>
    {{/missing}}
    {{/progress}}
    </section>
    <p class="quiet">This report states what was found and what is due. It is not legal advice: read the acts.</p>
    </main>

    """#

  static let markdown = #"""
    # {{title}}

    {{#organisation}}{{organisation}}. {{/organisation}}Based on {{scanCount}} scans of {{endpointCount}} endpoints, {{period}}.

    {{#verdict}}
    {{#sentences}}
    **{{.}}**

    {{/sentences}}
    {{/verdict}}
    ## 1. Products found

    {{^products}}
    None.

    {{/products}}
    | product | version | endpoints | state | confidence | embedded component | covered by |
    | --- | --- | --: | --- | --- | --- | --- |
    {{#products}}
    | {{product}} | {{version}} | {{count}} | {{state}} | {{confidence}} | {{embedded}} | {{coverage}} |
    {{/products}}

    ## 2. Endpoints with each product

    | product | endpoints | present | remnants only | names |
    | --- | --: | --: | --: | --- |
    {{#endpointsOfProducts}}
    | {{product}} | {{count}} | {{present}} | {{remnants}} | {{names}} |
    {{/endpointsOfProducts}}

    ## 3. Methods

    {{#methods}}
    {{#tools}}
    - Tool: {{.}}
    {{/tools}}
    {{#libraries}}
    - Libraries: {{.}}
    {{/libraries}}
    {{#rules}}
    - Rule set: {{.}}
    {{/rules}}
    {{#commands}}
    - Command: {{.}}
    {{/commands}}
    {{#heads}}
    - Chain head: {{.}}
    {{/heads}}
    - Items: {{seen}} seen: {{matched}} matched, {{clean}} clean, {{skipped}} skipped, {{failed}} failed
    {{/methods}}

    Every file is compared with signatures by content; names and paths alone find nothing. Confidence says how hard a finding is to
    forge: *confirmed*, a valid code signature of the vendor; *strong*, marks in the code; *claimed*, what the file says of itself.
    Records of the system (registry, package databases) say what is installed or started.

    Not scanned:

    {{#reasons}}
    - {{count}} {{reason}}
    {{/reasons}}
    {{^reasons}}
    - nothing: every item was read to its end
    {{/reasons}}

    {{^complete}}
    **The scans are incomplete.** What was not scanned may hold products.

    {{/complete}}
    ## 4. Embedded components

    {{#embeddedProducts}}
    - {{product}} {{version}}, on {{count}} endpoints ({{coverage}})
    {{/embeddedProducts}}
    {{^embeddedProducts}}
    None.
    {{/embeddedProducts}}

    ## 5. What is due

    {{#directives}}
    ### {{name}}

    {{citation}}. Periods begin on {{start}}.

    | after | date | due |
    | --- | --- | --- |
    {{#duties}}
    | {{days}} | {{date}} | {{text}}{{#then}} Next: {{then}}{{/then}} |
    {{/duties}}

    {{#hasBusinessDays}}
    Business days are Monday to Friday; holidays are not taken into account.

    {{/hasBusinessDays}}
    Covered: {{scope}}

    {{#exclusions}}
    Excluded: {{exclusions}}

    {{/exclusions}}
    {{/directives}}
    ## 6. Progress of the removal

    {{^progress}}
    No earlier results were given.

    {{/progress}}
    {{#progress}}
    Endpoints with each product, by the day of the results:

    | product |{{#dates}} {{.}} |{{/dates}}
    | --- |{{#dates}} --- |{{/dates}}
    {{#rows}}
    | {{product}} |{{#counts}} {{.}} |{{/counts}}
    {{/rows}}

    From the first to these results, installations:

    {{#changes}}
    - {{count}} {{change}}
    {{/changes}}

    {{#missing}}
    Not scanned again: {{.}}

    {{/missing}}
    {{/progress}}
    This report states what was found and what is due. It is not legal advice: read the acts.

    """#
}
