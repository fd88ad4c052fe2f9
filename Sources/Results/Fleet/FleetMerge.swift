import Bytes
import Evidence

/// Joins results of many scans into one text: each scan once, machines in order, lines in order.
/// The same inputs give the same text, whatever their order and however often each is named.
package struct FleetMerge {
  /// Counts for the user.
  package struct Counts: Hashable, Sendable {
    package var sources = 0
    package var scans = 0
    /// Scans that were there before, under any file name.
    package var duplicates = 0
    /// Scans that are not complete: interrupted, cut off, with items that were not scanned, or with
    /// lines that cannot be understood.
    package var incomplete = 0
    /// Lines that cannot be understood.
    package var defects = 0
    package var findings = 0
  }

  package private(set) var counts = Counts()
  private var sorter: LineSorter
  private var known = Set<String>()
  /// Takes the names of machines from the files instead of the custody blocks.
  private let namesByFile: Bool

  package init(namesByFile: Bool = false, memory: Int = 192 << 20) {
    self.namesByFile = namesByFile
    sorter = LineSorter(memory: memory)
  }

  /// Adds the scans of a source.
  package mutating func add(_ source: some ResultSource) throws {
    counts.sources += 1
    var pending = PendingScan()
    var counter = ScanCounter()
    var current = -1
    try source.read { entry in
      let index = counter.count(entry)
      if index != current {
        if current >= 0 { try finish(&pending, of: source.name) }
        current = index
      }
      try pending.add(entry)
    }
    // An empty file has no results of its machine, which must stay visible.
    if current < 0 {
      try pending.add(ResultEntry(defect: ResultDefect(line: 0, message: "no record")))
    }
    try finish(&pending, of: source.name)
  }

  /// Calls `body` with each line of the joined results.
  package mutating func drain(_ body: ([UInt8]) throws -> Void) throws {
    try sorter.drain(body)
  }

  private mutating func finish(_ scan: inout PendingScan, of source: RawPath) throws {
    let file = source.lastComponent.shown
    let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
    let machine = scan.machine ?? (namesByFile ? stem : scan.host ?? stem)
    let name = scan.scan ?? scan.identifier(of: machine)
    defer { scan = PendingScan() }
    guard known.insert(name).inserted else {
      counts.duplicates += 1
      return
    }
    counts.scans += 1
    counts.findings += scan.findings
    counts.defects += scan.defects
    if !scan.isComplete { counts.incomplete += 1 }
    let prefix = Array("\(machine)\u{0}\(scan.start)\u{0}\(name)\u{0}".utf8)
    let label = "\"machine\":\(JSON.string(machine).line),\"scan\":\(JSON.string(name).line),"
    let isMerged = scan.scan != nil
    try scan.drain { key, line in
      try sorter.add(isMerged ? line : Self.labelled(line, label), key: prefix + key)
    }
  }

  /// Adds machine and scan to a canonical line, behind its schema if that comes first.
  private static func labelled(_ line: [UInt8], _ label: String) -> [UInt8] {
    let schema = Array("{\"schema\":1,".utf8)
    let head = line.starts(with: schema) ? schema : [UInt8(ascii: "{")]
    return head + Array(label.utf8) + line[head.count...]
  }
}

/// The lines of a scan until its end is read: only then it is known whose they are.
private struct PendingScan {
  private(set) var machine: String?
  private(set) var scan: String?
  private(set) var host: String?
  private(set) var start = ""
  private(set) var findings = 0
  private(set) var defects = 0
  private var complete = false
  private var lines = [(key: [UInt8], line: [UInt8])]()
  private var size = 0
  private var overflow: (file: TemporaryFile, count: Int)?
  private var sum = [UInt64](repeating: 0, count: 4)
  private var count: UInt64 = 0
  private static let memory = 64 << 20

  var isComplete: Bool { complete && defects == 0 }

  mutating func add(_ entry: ResultEntry) throws {
    if entry.scan != nil {
      machine = machine ?? entry.machine
      scan = entry.scan
    }
    switch entry.record {
    case .finding: findings += 1
    case .defect: defects += 1
    case .summary(let summary):
      complete = summary.isComplete
      host = summary.custody.host.isEmpty ? nil : summary.custody.host
      start = summary.custody.start?.rfc3339 ?? ""
    case .problem, .product, .context, .other: break
    }
    let line = Array((entry.scan == nil ? entry.unlabelledLine : entry.line).utf8)
    count(line)
    let key = ResultOrder.key(of: entry.record)
    lines.append((key, line))
    size += key.count + line.count + 96
    if size > Self.memory { try spill() }
  }

  /// Digest of machine and lines, which does not depend on their order: the sum of the digests of
  /// the lines, since findings come in order of completion.
  func identifier(of machine: String) -> String {
    let numbers = (sum + [count]).flatMap { value in
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    return Hexadecimal.text(of: Digest.sha256(of: numbers + Array(machine.utf8)).prefix(16))
  }

  func drain(_ body: ([UInt8], [UInt8]) throws -> Void) throws {
    if let overflow {
      try overflow.file.flush()
      var offset: UInt64 = 0
      for _ in 0..<overflow.count {
        let head = try overflow.file.read(8, at: offset)
        let sizes = [0, 4].map { place in
          (0..<4).reduce(0) { $0 | Int(head[place + $1]) << (8 * $1) }
        }
        let bytes = try overflow.file.read(sizes[0] + sizes[1], at: offset + 8)
        offset += 8 + UInt64(bytes.count)
        try body(Array(bytes[..<sizes[0]]), Array(bytes[sizes[0]...]))
      }
    }
    for (key, line) in lines { try body(key, line) }
  }

  private mutating func count(_ line: [UInt8]) {
    let digest = Digest.sha256(of: line)
    var carry: UInt64 = 0
    for index in 0..<4 {
      let word = (0..<8).reduce(UInt64(0)) { $0 | UInt64(digest[index * 8 + $1]) << (8 * $1) }
      let (first, over) = sum[index].addingReportingOverflow(word)
      let (second, overAgain) = first.addingReportingOverflow(carry)
      sum[index] = second
      carry = (over ? 1 : 0) + (overAgain ? 1 : 0)
    }
    count &+= 1
  }

  private mutating func spill() throws {
    if overflow == nil { overflow = (try TemporaryFile(), 0) }
    for (key, line) in lines {
      let sizes = [key.count, line.count].flatMap { value in
        withUnsafeBytes(of: UInt32(value).littleEndian) { Array($0) }
      }
      try overflow!.file.append(sizes + key + line)
    }
    overflow!.count += lines.count
    lines = []
    size = 0
  }
}
