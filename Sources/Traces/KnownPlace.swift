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

  /// The place that a path leads to.
  fileprivate static func place(at path: UnsafeBufferPointer<UInt8>) -> KnownPlace? {
    guard let last = path.last else { return nil }
    switch last | 0x20 {
    case UInt8(ascii: "e"):
      if path.endsWithName("software") { return .softwareHive }
      if path.endsWithName("rpmdb.sqlite") { return .rpmDatabase }
    case UInt8(ascii: "m"): if path.endsWithName("system") { return .systemHive }
    case UInt8(ascii: "t"): if path.endsWithName("ntuser.dat") { return .userHive }
    case UInt8(ascii: "s"): if path.endsWithName("dpkg/status") { return .dpkgStatus }
    default: break
    }
    var end = path.count - 1
    while end > 0, path[end] != UInt8(ascii: "/") { end -= 1 }
    guard end > 0, path[end - 1] == UInt8(ascii: "d"),
      UnsafeBufferPointer(rebasing: path[..<end]).endsWithName("dpkg/status.d")
    else { return nil }
    return .dpkgStatus
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
    locator.path.bytes.withUnsafeBufferPointer { path in
      switch self {
      case .softwareHive: path.endsWithName("system32/config/software")
      case .systemHive: path.endsWithName("system32/config/system")
      case .userHive: false
      case .dpkgStatus: path.endsWithName("var/lib/dpkg/status")
      case .rpmDatabase:
        path.endsWithName("lib/rpm/rpmdb.sqlite") || path.endsWithName("sysimage/rpm/rpmdb.sqlite")
      }
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

extension Locator {
  /// The known place that the item is at; nil for most items, after a look at the end of the path.
  public var knownPlace: KnownPlace? {
    // Every item is asked: nothing is copied, and a few bytes are compared where they lie.
    if case .some = stream { return nil }
    if state == .slack || state == .carved { return nil }
    return path.bytes.withUnsafeBufferPointer(KnownPlace.place)
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the path ends with `name`, which is in lower case, whatever the case of the path's letters; a
  /// component begins with it.
  fileprivate func endsWithName(_ name: StaticString) -> Bool {
    let start = count - name.utf8CodeUnitCount
    guard start >= 0 else { return false }
    for offset in 0..<name.utf8CodeUnitCount
    where self[start + offset].lowercase != name.utf8Start[offset] {
      return false
    }
    return start == 0 || self[start - 1] == UInt8(ascii: "/")
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
