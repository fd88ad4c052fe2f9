import Bytes

/// Where a path lies in an installed system: which system, and in which product's folder. A path adds context to what
/// content has proven; it never makes a finding.
struct SystemPlace: Hashable {
  /// The folder that the system's own folders (`Windows`, `opt`, `Library`) lie in; nil for a path in none of
  /// them. Copies of several machines below one folder are told apart by it.
  let root: [UInt8]?
  /// The name of the product's folder, in small letters: what follows `Kaspersky Lab` or `opt/kaspersky`, or
  /// the application bundle; nil outside of such folders.
  let folder: String?

  /// The place of a file's path.
  init(_ path: RawPath) {
    let slash = UInt8(ascii: "/")
    let names = path.bytes.split(separator: slash)
      .map { String(decoding: $0, as: UTF8.self).lowercased() }
    let start = Self.start(of: names)
    root = start.map {
      Array(path.bytes.split(separator: slash).prefix($0).joined(separator: [slash]))
    }
    folder = Self.folder(in: names.dropLast(), from: start ?? 0)
  }

  /// Where a system's own folders begin.
  private static func start(of names: [String]) -> Int? {
    for (index, name) in names.dropLast().enumerated() {
      let next = index + 2 < names.count ? names[index + 1] : ""
      if alone.contains(name) || pairs[name]?.contains(next) == true { return index }
    }
    return nil
  }

  /// Folders of a system's root that nothing else is called.
  private static let alone: Set = [
    "windows", "program files", "program files (x86)", "programdata", "documents and settings",
    "users",
    "applications",
  ]

  /// Folders of a system's root whose names are ordinary: with one that they hold.
  private static let pairs: [String: Set<String>] = [
    "opt": ["kaspersky"], "var": ["opt", "lib", "log", "db"],
    "etc": ["opt", "systemd", "init.d", "kaspersky"],
    "usr": ["bin", "sbin", "lib", "share", "local"], "lib": ["modules", "systemd"],
    "library": [
      "application support", "launchdaemons", "launchagents", "extensions", "systemextensions",
      "caches", "logs", "receipts",
    ],
    "system": ["library"], "private": ["var", "etc"],
  ]

  private static func folder(in folders: ArraySlice<String>, from start: Int) -> String? {
    for (index, name) in folders.enumerated().dropFirst(start) {
      // "/Library/Application Support/Kaspersky Lab/KAV", "C:\Program Files\Kaspersky Lab\Kaspersky 21.15".
      if name == "kaspersky lab" { return index + 1 < folders.count ? folders[index + 1] : nil }
      if name == "kaspersky", index > 0, folders[index - 1] == "opt" {
        return index + 1 < folders.count ? folders[index + 1] : nil
      }
      if name.hasPrefix("kaspersky"), name.hasSuffix(".app") { return name }
    }
    return nil
  }

  /// Whether a path has the vendor's name in it; cheap, for every clean item.
  static func mayBeInFolder(_ path: RawPath) -> Bool {
    let name: StaticString = "kaspersky"
    let length = name.utf8CodeUnitCount
    let bytes = path.bytes.span
    var start = 0
    while start + length <= bytes.count {
      var matched = 0
      // Small letters differ from capitals by one bit.
      while matched < length, bytes[start + matched] | 0x20 == name.utf8Start[matched] {
        matched += 1
      }
      if matched == length { return true }
      start += 1
    }
    return false
  }
}
