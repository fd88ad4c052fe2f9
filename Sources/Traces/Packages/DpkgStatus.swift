import Findings

/// The packages in a database of dpkg: stanzas of fields, one a line, with empty lines between.
///
/// deb822(5) for the syntax, deb-control(5) for the fields, dpkg-query(1) "PACKAGE STATUS" for the states.
struct DpkgStatus {
  /// The company's packages.
  private(set) var traces: [Trace] = []
  /// The first thing that was wrong, in words; nil if there was nothing.
  private(set) var damage: String?

  /// At most so many bytes of a field are kept.
  private static let mostBytes = 1024
  private static let wanted = [
    "package", "status", "version", "maintainer", "homepage", "origin", "vendor",
  ]

  /// Reads a whole database.
  init(_ bytes: UnsafeRawBufferPointer) {
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
      // What continues the field before is nothing that is wanted.
      if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") { continue }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
        damage = damage ?? "line \(number) is no field"
        continue
      }
      guard let name = Self.name(line[..<colon]) else { continue }
      let value = line[(colon + 1)...].drop { $0 == UInt8(ascii: " ") }
      fields[name] = String(decoding: value.prefix(Self.mostBytes), as: UTF8.self)
    }
    add(fields)
    if bytes.last != UInt8(ascii: "\n") { damage = damage ?? "the last line is cut off" }
  }

  /// The name of a field that is wanted, in lower case; names are compared so.
  private static func name(_ bytes: Slice<UnsafeRawBufferPointer>) -> String? {
    wanted.first { name in
      name.utf8.count == bytes.count && zip(name.utf8, bytes).allSatisfy { $0 == $1.lowercase }
    }
  }

  private mutating func add(_ fields: [String: String]) {
    guard let name = fields["package"], KasperskyNames.isPackage(name),
      fields["maintainer"].map(KasperskyNames.isMaintainer) == true
        || fields["homepage"].map(KasperskyNames.isHomepage) == true
        || fields["origin"].map(KasperskyNames.isCompany) == true
        || fields["vendor"].map(KasperskyNames.isCompany) == true
    else { return }
    // What is wanted, whether there was an error, and the state; images of containers leave them out.
    let state = fields["status"]?.split(separator: " ").last ?? "installed"
    guard state != "not-installed", traces.count < TraceReading.mostTraces else { return }
    traces.append(
      Trace(
        kind: .package, place: name, product: name, version: fields["version"],
        isActive: state != "config-files"))
  }
}
