import Bytes
public import Evidence

/// A place where an operating system keeps records of installed software.
///
/// The path only says what a file may be; that it is one, its first bytes must say (``confirms(_:)``). Collected
/// files have often lost their folders, so a hive is known by its name alone, wherever it lies.
public enum KnownPlace: Hashable, Sendable, CaseIterable {
  /// `Windows/System32/config/SOFTWARE`, and its backup in `RegBack`.
  case softwareHive
  /// `Windows/System32/config/SYSTEM`, and its backup in `RegBack`.
  case systemHive
  /// `NTUSER.DAT` of a user.
  case userHive
  /// `var/lib/dpkg/status`, or a file of `var/lib/dpkg/status.d`, as images of containers have them.
  case dpkgStatus
  /// `rpmdb.sqlite`, in `var/lib/rpm` or `usr/lib/sysimage/rpm`.
  case rpmDatabase

  /// The place of an item; nil for most items, after a look at the end of the path.
  public init?(_ locator: Locator) {
    guard locator.stream == nil, locator.state != .slack, locator.state != .carved else {
      return nil
    }
    self.init(path: locator.path.bytes)
  }

  private init?(path: [UInt8]) {
    switch path.last.map({ $0 | 0x20 }) {
    case UInt8(ascii: "e") where path.endsWithName("software"): self = .softwareHive
    case UInt8(ascii: "e") where path.endsWithName("rpmdb.sqlite"): self = .rpmDatabase
    case UInt8(ascii: "m") where path.endsWithName("system"): self = .systemHive
    case UInt8(ascii: "t") where path.endsWithName("ntuser.dat"): self = .userHive
    case UInt8(ascii: "s") where path.endsWithName("dpkg/status"): self = .dpkgStatus
    case nil: return nil
    default:
      guard let slash = path.lastIndex(of: UInt8(ascii: "/")),
        path[..<slash].endsWithName("dpkg/status.d")
      else { return nil }
      self = .dpkgStatus
    }
  }

  /// How many first bytes ``confirms(_:)`` needs.
  public static let headLength = 16

  /// Whether content that begins so is what the place promises.
  public func confirms(_ head: RawSpan) -> Bool {
    switch self {
    case .softwareHive, .systemHive, .userHive: head.begins(with: "regf")
    case .dpkgStatus: head.begins(with: "Package:") || head.begins(with: "\n")
    case .rpmDatabase: head.begins(with: "SQLite format 3\0")
    }
  }

  /// Whether the system itself keeps this very file there, so that one with other content is a damaged one.
  public func isCertain(at locator: Locator) -> Bool {
    let path = locator.path.bytes
    return switch self {
    case .softwareHive: path.endsWithName("system32/config/software")
    case .systemHive: path.endsWithName("system32/config/system")
    case .userHive: false
    case .dpkgStatus: path.endsWithName("var/lib/dpkg/status")
    case .rpmDatabase:
      path.endsWithName("lib/rpm/rpmdb.sqlite") || path.endsWithName("sysimage/rpm/rpmdb.sqlite")
    }
  }

  /// What the file is, for messages.
  public var name: String {
    switch self {
    case .softwareHive: "registry hive SOFTWARE"
    case .systemHive: "registry hive SYSTEM"
    case .userHive: "registry hive NTUSER.DAT"
    case .dpkgStatus: "database of dpkg"
    case .rpmDatabase: "database of rpm"
    }
  }
}

extension RandomAccessCollection<UInt8> where Index == Int {
  /// Whether the path ends with `name`, which is in lower case, whatever the case of the path's letters; a
  /// component ends before it.
  fileprivate func endsWithName(_ name: StaticString) -> Bool {
    let start = endIndex - name.utf8CodeUnitCount
    guard start >= startIndex else { return false }
    for offset in 0..<name.utf8CodeUnitCount {
      let byte = self[start + offset]
      let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
      guard (isUpper ? byte | 0x20 : byte) == name.utf8Start[offset] else { return false }
    }
    return start == startIndex || self[start - 1] == UInt8(ascii: "/")
  }
}

extension RawSpan {
  fileprivate func begins(with text: StaticString) -> Bool {
    guard byteCount >= text.utf8CodeUnitCount else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy {
      unsafeLoad(fromByteOffset: $0, as: UInt8.self) == text.utf8Start[$0]
    }
  }
}
