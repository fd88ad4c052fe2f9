import Bytes
package import Evidence

/// A place where an operating system keeps records of installed software.
///
/// The path only suggests the type of a file; its first bytes must confirm it
/// (``confirms(_:)``). Collected files have often lost their folders, so a hive is recognised
/// by name alone, wherever it is.
package enum KnownPlace: String, Hashable, Sendable, CaseIterable {
  /// `Windows/System32/config/SOFTWARE`, and its backup in `RegBack`.
  case softwareHive
  /// `Windows/System32/config/SYSTEM`, and its backup in `RegBack`.
  case systemHive
  /// `NTUSER.DAT` of a user.
  case userHive
  /// `var/lib/dpkg/status`, or a file in `var/lib/dpkg/status.d`, as container images have them.
  case dpkgStatus
  /// `rpmdb.sqlite`, in `var/lib/rpm` or `usr/lib/sysimage/rpm`.
  case rpmDatabase
  /// The write-ahead log or rollback journal beside a database of SQLite: `rpmdb.sqlite-wal`, `quarantine.db-journal`.
  case databaseLog
  /// `Packages`, in the same folders: rpm's database in Berkeley DB form.
  case rpmBerkeleyDatabase
  /// `Packages.db`, in the same folders: rpm's database in ndb form.
  case rpmNdbDatabase
  /// `Windows/Prefetch/*.pf`, compressed since Windows 10; older ones are searched, not read.
  case prefetch
  /// `quarantine.db`: the index of a quarantine.
  case quarantineIndex

  /// Place that a path denotes.
  static func place(at path: UnsafeBufferPointer<UInt8>) -> KnownPlace? {
    guard let last = path.last else { return nil }
    switch last | 0x20 {
    case UInt8(ascii: "e"):
      if path.endsWithName("software") { return .softwareHive }
      if path.endsWithName("rpmdb.sqlite") { return .rpmDatabase }
    case UInt8(ascii: "m"): if path.endsWithName("system") { return .systemHive }
    case UInt8(ascii: "t"): if path.endsWithName("ntuser.dat") { return .userHive }
    case UInt8(ascii: "s"):
      if path.endsWithName("dpkg/status") { return .dpkgStatus }
      if path.endsWithName("packages") { return .rpmBerkeleyDatabase }
    case UInt8(ascii: "b"):
      if path.endsWithName("packages.db") { return .rpmNdbDatabase }
      if path.endsWithName("quarantine.db") { return .quarantineIndex }
    case UInt8(ascii: "l"):
      if path.endsWithName("rpmdb.sqlite-wal") || path.endsWithName("quarantine.db-wal")
        || path.endsWithName("rpmdb.sqlite-journal") || path.endsWithName("quarantine.db-journal")
      {
        return .databaseLog
      }
    case UInt8(ascii: "f"): if path.endsInSuffix(".pf") { return .prefetch }
    default: break
    }
    var end = path.count - 1
    while end > 0, path[end] != UInt8(ascii: "/") { end -= 1 }
    guard end > 0, path[end - 1] == UInt8(ascii: "d"),
      UnsafeBufferPointer(rebasing: path[..<end]).endsWithName("dpkg/status.d")
    else { return nil }
    return .dpkgStatus
  }

  /// Kinds of the logs in which its last changes may be.
  package var logs: [RecordLog.Kind] {
    switch self {
    case .softwareHive, .systemHive, .userHive: [.first, .second, .single]
    case .rpmDatabase, .quarantineIndex: [.rollback, .writeAhead]
    default: []
    }
  }

  /// Whether it is a database of SQLite, which does not say that it has a log.
  package var isLoggedDatabase: Bool { logs.contains(.writeAhead) }

  /// Number of first bytes that ``confirms(_:)`` needs.
  package static let headLength = 16

  /// Whether content with this beginning has the place's type.
  package func confirms(_ head: RawSpan) -> Bool {
    switch self {
    case .softwareHive, .systemHive, .userHive: head.begins(with: "regf")
    case .dpkgStatus: head.begins(with: "Package:") || head.begins(with: "\n")
    case .rpmDatabase, .quarantineIndex: head.begins(with: "SQLite format 3\0")
    // SQLite, "Database File Format", 4.1 and 3. A journal that has ended begins with zeros.
    case .databaseLog:
      head.begins(with: [0x37, 0x7F, 0x06]) && (0x82...0x83).contains(head.byte(3))
        || head.begins(with: [0xD9, 0xD5, 0x05, 0xF9])
    // DB_HASHMAGIC of db.h, in the byte order of the machine.
    case .rpmBerkeleyDatabase:
      head.begins(with: [0x61, 0x15, 0x06, 0x00], at: 12)
        || head.begins(with: [0x00, 0x06, 0x15, 0x61], at: 12)
    case .rpmNdbDatabase: head.begins(with: "RpmP")
    // With or without a checksum (libscca, "Compressed").
    case .prefetch: head.begins(with: "MAM") && head.byte(3) & 0x7F == 4
    }
  }

  /// Whether the system itself keeps exactly this file there, so that other content means damage.
  package func isCertain(at locator: Locator) -> Bool {
    locator.path.bytes.withUnsafeBufferPointer { path in
      switch self {
      case .softwareHive: path.endsWithName("system32/config/software")
      case .systemHive: path.endsWithName("system32/config/system")
      case .userHive: false
      case .dpkgStatus: path.endsWithName("var/lib/dpkg/status")
      case .rpmDatabase:
        path.endsWithName("lib/rpm/rpmdb.sqlite") || path.endsWithName("sysimage/rpm/rpmdb.sqlite")
      case .rpmBerkeleyDatabase:
        path.endsWithName("lib/rpm/packages") || path.endsWithName("sysimage/rpm/packages")
      case .rpmNdbDatabase:
        path.endsWithName("lib/rpm/packages.db") || path.endsWithName("sysimage/rpm/packages.db")
      case .databaseLog, .prefetch, .quarantineIndex: false
      }
    }
  }

  /// Type of the file, for messages.
  package var name: String {
    switch self {
    case .softwareHive: "registry hive SOFTWARE"
    case .systemHive: "registry hive SYSTEM"
    case .userHive: "registry hive NTUSER.DAT"
    case .dpkgStatus: "dpkg database"
    case .rpmDatabase, .rpmBerkeleyDatabase, .rpmNdbDatabase: "rpm database"
    case .databaseLog: "log of a database"
    case .prefetch: "prefetch file"
    case .quarantineIndex: "index of a quarantine"
    }
  }
}

extension Locator {
  /// Known place of the item; nil for most items, after comparing the end of the path.
  package var knownPlace: KnownPlace? {
    // Called for every item: copies nothing, and compares a few bytes in place.
    // Members of an archive are no records of the system that has the archive.
    if case .some = stream { return nil }
    if case .some = archive { return nil }
    if state == .slack || state == .carved { return nil }
    return path.bytes.withUnsafeBufferPointer(KnownPlace.place)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the path ends with `name`, ignoring case, at the beginning of a component. `name` is
  /// in lower case.
  fileprivate func endsWithName(_ name: StaticString) -> Bool {
    let start = count - name.utf8CodeUnitCount
    guard endsInSuffix(name) else { return false }
    return start == 0 || self[start - 1] == UInt8(ascii: "/")
  }

  /// Whether the path ends with `suffix`, which is in lower case, ignoring case.
  fileprivate func endsInSuffix(_ suffix: StaticString) -> Bool {
    let start = count - suffix.utf8CodeUnitCount
    guard start >= 0 else { return false }
    for offset in 0..<suffix.utf8CodeUnitCount
    where self[start + offset].lowercase != suffix.utf8Start[offset] {
      return false
    }
    return true
  }
}

extension RawSpan {
  fileprivate func begins(with text: StaticString) -> Bool {
    guard byteCount >= text.utf8CodeUnitCount else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy {
      unsafeLoad(fromByteOffset: $0, as: UInt8.self) == text.utf8Start[$0]
    }
  }

  fileprivate func begins(with bytes: [UInt8], at start: Int = 0) -> Bool {
    bytes.indices.allSatisfy { byte(start + $0) == bytes[$0] }
  }

  /// A byte; zero behind the end.
  fileprivate func byte(_ offset: Int) -> UInt8 {
    offset < byteCount ? unsafeLoad(fromByteOffset: offset, as: UInt8.self) : 0
  }
}
