import Bytes
import Evidence
import Findings
package import Profiles
package import Results

/// Report for those who must state the products of a vendor with their places, and prove their removal: due
/// dates, the products or "none", endpoints, methods, embedded components, progress.
package struct ComplianceReport {
  /// Values that the results do not hold.
  package struct Options: Sendable {
    /// Organisation that reports; empty to omit it.
    package var organisation = ""
    /// Company whose products are reported.
    package var company = ""
    /// First day of the periods of a directive; nil for the directive's own.
    package var start: CalendarDate?
    /// Day on which a product was identified; nil for the day of the first scan that found one.
    package var discovery: CalendarDate?

    package init() {}
  }

  private let results: ResultSet
  private let earlier: [ResultSet]
  private let directives: [Directive]
  private let options: Options
  /// Values that both templates show.
  private var values: JSON

  /// A report on `results`; `earlier` ones show the progress, in any order.
  package init(
    _ results: ResultSet, earlier: [ResultSet], directives: [Directive], options: Options
  ) throws {
    self.results = results
    self.earlier = earlier
    self.directives = directives
    self.options = options
    values = .null
    values = try allValues()
  }

  /// One HTML file that needs nothing else and runs no script.
  package var html: String {
    PageFrame.head(title: title, script: nil)
      + PageTemplate(ComplianceTemplate.html, .html).render(values)
      + PageFrame.foot(script: nil)
  }

  /// Markdown (CommonMark with tables).
  package var markdown: String {
    PageTemplate(ComplianceTemplate.markdown, .markdown).render(values)
  }

  private var title: String { "Compliance report: products of \(options.company)" }

  private func allValues() throws -> JSON {
    let summary = PageSummary(results)
    let deployments = Deployment.all(in: results)
    let own = deployments.filter { !$0.isEmbedded }
    let embedded = deployments.filter(\.isEmbedded)
    let head: [(key: String, value: JSON?)] = [
      ("title", .string(title)), ("organisation", .string(options.organisation)),
      ("company", .string(options.company)), ("period", .string(Self.period(of: results))),
      ("scanCount", .integer(Int64(results.scans.count))),
      ("endpointCount", .integer(Int64(results.endpoints.count))),
      ("verdict", summary.verdict), ("reasons", .array(summary.reasons)),
      ("complete", .boolean(results.isComplete)),
    ]
    return .object(
      head + [
        ("directives", .array(directives.map { duties(of: $0) })),
        ("products", .array(products(own + embedded))),
        ("endpointsOfProducts", .array(endpoints(own + embedded))),
        ("embeddedProducts", .array(products(embedded))), ("methods", methods),
        ("progress", try progress()),
      ])
  }

  // MARK: Dates

  /// Day on which a product was identified: that of the first scan that found one.
  private var discovery: CalendarDate? {
    let scans = results.scans.filter { !$0.products.isEmpty }
    return options.discovery
      ?? scans.compactMap { $0.summary?.custody.end }.min().map { CalendarDate($0) }
  }

  private func duties(of directive: Directive) -> JSON {
    let own = directive.start.flatMap { CalendarDate($0) }
    let start = own == nil ? discovery : options.start ?? own
    var duties = [JSON]()
    var reported = start
    for duty in directive.duties {
      // A second report is due from the day of the first.
      let date =
        duty.areBusinessDays
        ? reported?.adding(businessDays: duty.days) : start?.adding(days: duty.days)
      if duty.areBusinessDays { reported = date }
      let repetitions = duty.interval.map { interval in
        (1...3).compactMap { date?.adding(days: interval * $0).description }.joined(separator: ", ")
          + ", …"
      }
      duties.append(
        .object([
          ("days", .string("\(duty.days) \(duty.areBusinessDays ? "business days" : "days")")),
          ("date", .string(date?.description ?? "does not apply: nothing was found")),
          ("text", .string(duty.text)), ("then", repetitions.map(JSON.string)),
        ]))
    }
    return .object([
      ("name", .string(directive.name)), ("citation", .string(directive.citation)),
      ("scope", .string(directive.scope)), ("exclusions", .string(directive.exclusions)),
      (
        "start",
        .string(
          start.map { own == nil ? "\($0), the day of identification" : "\($0)" } ?? "none")
      ),
      ("hasBusinessDays", .boolean(directive.duties.contains(where: \.areBusinessDays))),
      ("duties", .array(duties)),
    ])
  }

  private static func period(of results: ResultSet) -> String {
    let starts = results.scans.compactMap { $0.summary?.custody.start }
    let ends = results.scans.compactMap { $0.summary?.custody.end }
    guard let first = starts.min(), let last = ends.max() else { return "an unknown time" }
    let (begin, end) = (CalendarDate(first), CalendarDate(last))
    return begin == end ? "\(begin)" : "\(begin) to \(end)"
  }

  // MARK: Products

  /// Whether each directive covers a product, in words.
  private func coverage(isEmbedded: Bool) -> String {
    directives.map { directive in
      "\(directive.name): \(!isEmbedded || directive.coversEmbedded ? "covered" : "excluded")"
    }.joined(separator: "; ")
  }

  private func products(_ deployments: [Deployment]) -> [JSON] {
    deployments.map { row in
      .object([
        ("product", .string(row.product)), ("version", .string(row.version ?? "not stated")),
        ("state", .string(row.state.rawValue)), ("confidence", .string(row.confidence.rawValue)),
        ("embedded", .string(row.isEmbedded ? "yes, in another vendor's product" : "no")),
        ("coverage", .string(coverage(isEmbedded: row.isEmbedded))),
        ("count", .integer(Int64(row.endpoints.count))),
      ])
    }
  }

  /// Endpoints of each product, whatever the version.
  private func endpoints(_ deployments: [Deployment]) -> [JSON] {
    let products = Dictionary(grouping: deployments) {
      $0.product + ($0.isEmbedded ? " (embedded)" : "")
    }
    return products.sorted { $0.key < $1.key }.map { name, rows in
      let endpoints = rows.reduce(into: Set<Endpoint>()) { $0.formUnion($1.endpoints) }
      let active = rows.filter { $0.state != .remnants }
        .reduce(into: Set<Endpoint>()) { $0.formUnion($1.endpoints) }
      let names = endpoints.sorted().prefix(200).map(\.name)
      let rest = endpoints.count - names.count
      return .object([
        ("product", .string(name)), ("count", .integer(Int64(endpoints.count))),
        ("present", .integer(Int64(active.count))),
        ("remnants", .integer(Int64(endpoints.count - active.count))),
        (
          "names",
          .string(
            names.joined(separator: ", ")
              + (rest > 0 ? " and \(rest) more (in endpoints.csv of the CSV report)" : ""))
        ),
      ])
    }
  }

  // MARK: Methods

  private var methods: JSON {
    let custodies = results.scans.compactMap { $0.summary?.custody }
    func distinct(_ texts: [String]) -> JSON {
      .array(Set(texts).sorted().prefix(50).map(JSON.string))
    }
    func total(_ key: String) -> JSON {
      .integer(Int64(results.scans.reduce(0) { $0 &+ ($1.summary?.items[key] ?? 0) }))
    }
    let heads = results.scans.compactMap { scan in
      scan.summary?.custody.chainHead.map { "\(scan.machineName): \($0)" }
    }
    let commands = custodies.map { $0.commandLine.joined(separator: " ") }
    let libraries = custodies.map { custody in
      custody.libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        .joined(separator: ", ")
    }
    let rules = custodies.flatMap(\.ruleSets).map { "\($0.name), SHA-256 \($0.sha256)" }
    return .object([
      ("tools", distinct(custodies.map(\.tool))), ("libraries", distinct(libraries)),
      ("rules", distinct(rules)), ("commands", distinct(commands)), ("heads", distinct(heads)),
      ("seen", total("seen")), ("matched", total("matched")), ("clean", total("clean")),
      ("skipped", total("skipped")), ("failed", total("failed")),
    ])
  }

  // MARK: Progress

  private func progress() throws -> JSON? {
    guard !earlier.isEmpty else { return nil }
    let all = (earlier + [results]).map { (date: Self.date(of: $0), results: $0) }
      .sorted { $0.date < $1.date }
    let names = all.map { set in
      Dictionary(grouping: Deployment.all(in: set.results), by: \.product)
    }
    let products = Set(names.flatMap(\.keys)).sorted()
    let rows = products.map { product in
      JSON.object([
        ("product", .string(product)),
        (
          "counts",
          .array(
            names.map { deployments in
              .string(Self.counts(deployments[product] ?? []))
            })
        ),
      ])
    }
    guard let first = all.first else { return nil }
    let comparison = try Comparison(first.results, results)
    let changes = Comparison.ProductChange.Kind.allCases.map { kind in
      JSON.object([
        ("change", .string(kind.rawValue)),
        ("count", .integer(Int64(comparison.counts[kind] ?? 0))),
      ])
    }
    return .object([
      ("dates", .array(all.map { .string($0.date) })),
      ("rows", .array(rows)),
      ("changes", .array(changes)),
      ("missing", .array(comparison.missing.map(JSON.string))),
    ])
  }

  private static func date(of results: ResultSet) -> String {
    results.scans.compactMap { $0.summary?.custody.end }.max().map { CalendarDate($0).description }
      ?? "unknown"
  }

  /// Endpoints that have a product, and those with remnants only.
  private static func counts(_ deployments: [Deployment]) -> String {
    let all = deployments.reduce(into: Set<Endpoint>()) { $0.formUnion($1.endpoints) }
    let present = deployments.filter { $0.state != .remnants }
      .reduce(into: Set<Endpoint>()) { $0.formUnion($1.endpoints) }
    let remnants = all.count - present.count
    return remnants == 0 ? "\(present.count)" : "\(present.count), and remnants on \(remnants)"
  }
}
