package import Bytes
package import Evidence
import Findings

/// One scan among the results, without its findings: they are streamed.
package struct ResultScan: Sendable {
  /// Rank among the scans that were read, from 0.
  package let index: Int
  /// Source that contains it.
  package let source: RawPath
  /// Machine according to merged results.
  package internal(set) var machine: String?
  /// Identifier in merged results.
  package internal(set) var identifier: String?
  package internal(set) var products: [ResultProduct] = []
  /// Volumes of images with findings or problems, by evidence and index.
  package internal(set) var volumes: [RawPath: [Int: Volume]] = [:]
  /// Numbers of findings by confidence, `unstated` without one, counted from the findings.
  package internal(set) var findings: [String: Int] = [:]
  /// Numbers of items not scanned, by `outcome: reason`, counted from the problems.
  package internal(set) var problems: [String: Int] = [:]
  package internal(set) var defects = 0
  /// The summary; nil if the results were cut off.
  package internal(set) var summary: ResultSummary?

  init(index: Int, source: RawPath) {
    self.index = index
    self.source = source
  }

  /// Whether everything was scanned, and every line of the results is known.
  package var isComplete: Bool { summary?.isComplete == true && defects == 0 }

  /// Name of the machine: that of merged results, else the host that scanned; a name of the file
  /// if the results were cut off before they state one.
  package var machineName: String {
    if let machine { return machine }
    if let host = summary?.custody.host, !host.isEmpty { return host }
    return source.lastComponent.shown
  }

  /// The endpoint that holds evidence: an image or device counts as a machine of its own.
  package func endpoint(of evidence: RawPath, isImage: Bool) -> Endpoint {
    let kind = summary?.custody.evidence.first { $0.name == evidence }?.kind
    let isMedium = isImage || kind == "image" || kind == "device"
    return Endpoint(machine: machineName, medium: isMedium ? evidence : nil)
  }

  package func endpoint(of product: ResultProduct) -> Endpoint {
    endpoint(of: product.evidence, isImage: product.volume != nil)
  }

  /// Every endpoint that the scan covers, also those without findings.
  package var endpoints: Set<Endpoint> {
    var endpoints = Set(products.map { endpoint(of: $0) })
    for evidence in summary?.custody.evidence ?? [] {
      endpoints.insert(endpoint(of: evidence.name, isImage: false))
    }
    return endpoints.isEmpty ? [Endpoint(machine: machineName, medium: nil)] : endpoints
  }
}

/// A machine, or a disk image or device that counts as one.
package struct Endpoint: Hashable, Sendable, Comparable {
  /// Machine that was scanned, or that scanned the medium.
  package let machine: String
  /// Image or device; nil for the machine itself.
  package let medium: RawPath?

  /// Name for people: the medium, else the machine.
  package var name: String { medium?.shown ?? machine }

  package static func < (left: Endpoint, right: Endpoint) -> Bool {
    (left.machine, left.medium?.bytes.count ?? 0, left.name)
      < (right.machine, right.medium?.bytes.count ?? 0, right.name)
  }
}

/// Assigns entries to scans: a scan ends with its summary, where merged results name another scan,
/// and at the end of its source.
package struct ScanCounter {
  /// Rank of the scan that the last entry belongs to.
  package private(set) var index = -1
  private var isOpen = false
  private var scan: String?

  package init() {}

  /// Counts the next entry; returns the rank of its scan.
  package mutating func count(_ entry: ResultEntry) -> Int {
    if !isOpen || scan != entry.scan {
      index += 1
      scan = entry.scan
    }
    if case .summary = entry.record { isOpen = false } else { isOpen = true }
    return index
  }

  /// Ends the current scan with its source.
  package mutating func endSource() { isOpen = false }
}

/// All results that a report is about.
package struct ResultSet: Sendable {
  private let sources: [any ResultSource]
  /// The scans, with everything but their findings.
  package let scans: [ResultScan]
  /// Identifiers of all rules of findings, in order of their names.
  package let rules: [String]

  /// Reads `sources` once, to know the scans.
  package init(_ sources: [any ResultSource]) throws {
    self.sources = sources
    var scans = [ResultScan]()
    var rules = Set<String>()
    var counter = ScanCounter()
    for source in sources {
      let before = scans.count
      try source.read { entry in
        let index = counter.count(entry)
        if index == scans.count { scans.append(ResultScan(index: index, source: source.name)) }
        if case .finding(let finding) = entry.record {
          rules.insert(finding.rule)
          for match in finding.matches { rules.insert(match.rule) }
        }
        scans[index].add(entry)
      }
      counter.endSource()
      // An empty file is a scan that was cut off at once, not a clean one.
      if scans.count == before {
        _ = counter.count(ResultEntry(defect: ResultDefect(line: 0, message: "no record")))
        counter.endSource()
        scans.append(ResultScan(index: scans.count, source: source.name))
      }
    }
    self.scans = scans
    self.rules = rules.sorted()
  }

  /// Calls `body` with each entry and its scan, in order.
  package func read(_ body: (ResultEntry, ResultScan) throws -> Void) throws {
    var counter = ScanCounter()
    for source in sources {
      let before = counter.index
      try source.read { entry in
        let index = counter.count(entry)
        // A file that grew since it was first read has unknown scans.
        guard index < scans.count else {
          throw ResultError(source.name, "changed while it was read; read it again")
        }
        try body(entry, scans[index])
      }
      counter.endSource()
      if counter.index == before {
        _ = counter.count(ResultEntry(defect: ResultDefect(line: 0, message: "no record")))
        counter.endSource()
      }
    }
  }

  /// Whether all scans are complete, and there is one.
  package var isComplete: Bool { !scans.isEmpty && scans.allSatisfy(\.isComplete) }

  /// Every endpoint that was scanned.
  package var endpoints: Set<Endpoint> { scans.reduce(into: []) { $0.formUnion($1.endpoints) } }
}

extension ResultScan {
  /// Counts an entry of this scan.
  mutating func add(_ entry: ResultEntry) {
    machine = machine ?? entry.machine
    identifier = identifier ?? entry.scan
    switch entry.record {
    case .finding(let finding):
      findings[finding.confidence?.rawValue ?? "unstated", default: 0] += 1
      note(finding.locator)
    case .problem(let problem):
      problems["\(problem.outcome): \(problem.reason)", default: 0] += 1
      note(problem.locator)
    case .product(let product): products.append(product)
    case .summary(let summary): self.summary = summary
    case .defect: defects += 1
    case .context, .other: break
    }
  }

  private mutating func note(_ locator: Locator) {
    guard let volume = locator.volume else { return }
    volumes[locator.evidence, default: [:]][volume.index] = volume
  }
}
