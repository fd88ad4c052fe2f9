import Evidence
import Findings
import Profiles

/// The company's packages among the headers of installed packages in an rpm database of any form.
struct RpmPackages {
  private let names: RecordNames
  /// Size of the database in bytes: each of them belongs to one package, so a larger sum is forged.
  private let size: Int
  private var total = 0
  private var count = 0
  private var found: [(number: UInt32, trace: Trace)] = []
  /// Description of the first defect; nil if there was none.
  private(set) var damage: String?

  /// Limit of packages, more than any machine has.
  private static let mostPackages = 100_000

  /// Size limit of a database in bytes, of any form.
  static let mostBytes = UntrustedDatabase.mostBytes

  /// Creates an empty list for a database of `size` bytes.
  init(_ names: RecordNames, size: Int) {
    self.names = names
    self.size = size
    if size > Self.mostBytes { note("it has more than \(Self.mostBytes) bytes") }
  }

  /// Whether the database is small enough to be read.
  var isReadable: Bool { size <= Self.mostBytes }

  /// The company's packages, in the order of their numbers.
  var traces: [Trace] { found.sorted { $0.number < $1.number }.map(\.trace) }

  /// The result of reading the database.
  var reading: TraceReading {
    TraceReading(
      traces,
      damage.map {
        ItemProblem(
          .unreadable,
          "the rpm database is damaged; packages may be missing: \($0); try rpmdb --rebuilddb on a copy"
        )
      })
  }

  /// Records the first defect.
  mutating func note(_ what: String) { damage = damage ?? what }

  /// Adds the header of the package with this number; false if the database states more than it can hold.
  mutating func add(_ blob: UnsafeRawBufferPointer, number: UInt32) -> Bool {
    total += blob.count
    count += 1
    guard total <= size, count <= Self.mostPackages else {
      note("it holds more than its size allows")
      return false
    }
    guard let header = RpmHeader(blob) else {
      note("the header of a package cannot be read")
      return true
    }
    if let trace = trace(of: header), found.count < TraceReading.mostTraces {
      found.append((number, trace))
    }
    return true
  }

  private func trace(of header: RpmHeader) -> Trace? {
    guard let name = header.text(.name), names.isPackage(name),
      header.text(.vendor).map(names.publishers.contains) == true
        || header.text(.packager).map(names.isMaintainer) == true
        || header.text(.url).map(names.isHomepage) == true
    else { return nil }
    let version = [header.text(.version), header.text(.release)].compactMap(\.self)
    return Trace(
      kind: .package, place: name, product: name,
      version: version.isEmpty ? nil : version.joined(separator: "-"), isActive: true,
      written: header.number(.installTime).map { Timestamp(seconds: Int64($0), nanoseconds: 0) })
  }
}
