import Findings
import Profiles

/// Packages in a dpkg database: stanzas of fields, one per line, separated by empty lines.
///
/// deb822(5) for the syntax, deb-control(5) for the fields, dpkg-query(1) "PACKAGE STATUS" for
/// the states.
struct DpkgStatus {
  /// The company's packages.
  private(set) var traces: [Trace] = []
  private let names: RecordNames
  /// Description of the first defect; nil if there was none.
  private(set) var damage: String?

  /// Limit of the bytes kept of a field.
  private static let mostBytes = 1024
  private static let wanted = [
    "package", "status", "version", "maintainer", "homepage", "origin", "vendor",
  ]

  /// Reads a complete database.
  init(_ bytes: UnsafeRawBufferPointer, _ names: RecordNames) {
    self.names = names
    var fields = [String: String]()
    var rest = bytes[...]
    var number = 0
    while !rest.isEmpty {
      number += 1
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest.dropFirst(line.count + 1)
      guard let first = line.first else {
        add(fields)
        fields = [:]
        continue
      }
      // Continuation lines belong to fields that are not needed.
      if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") { continue }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
        damage = damage ?? "line \(number) is not a field"
        continue
      }
      guard let name = Self.name(line[..<colon]) else { continue }
      let value = line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") }
      fields[name] = String(decoding: value.prefix(Self.mostBytes), as: UTF8.self)
    }
    add(fields)
    if bytes.last != UInt8(ascii: "\n") { damage = damage ?? "the last line is truncated" }
  }

  /// Lower-case name of a needed field: names are compared in lower case.
  private static func name(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
    wanted.first { name in
      name.utf8.count == bytes.count && zip(name.utf8, bytes).allSatisfy { $0 == $1.lowercase }
    }
  }

  private mutating func add(_ fields: [String: String]) {
    guard let name = fields["package"], names.isPackage(name),
      fields["maintainer"].map(names.isMaintainer) == true
        || fields["homepage"].map(names.isHomepage) == true
        || fields["origin"].map(names.publishers.contains) == true
        || fields["vendor"].map(names.publishers.contains) == true
    else { return }
    // Desired action, error flag, state; container images leave them out.
    let state = fields["status"]?.split(separator: " ").last ?? "installed"
    guard state != "not-installed", traces.count < TraceReading.mostTraces else { return }
    traces.append(
      Trace(
        kind: .package, place: name, product: name, version: fields["version"],
        isActive: state != "config-files"))
  }
}
