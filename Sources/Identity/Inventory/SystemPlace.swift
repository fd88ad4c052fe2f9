import Bytes
import Profiles

/// Place of a path in an installed system: which system, and in which product's folder. A path
/// adds context to a finding; it never makes one.
struct SystemPlace: Hashable {
  /// Folder that contains the system's own folders (`Windows`, `opt`, `Library`); nil for a path
  /// in none of them. Distinguishes copies of several machines below one folder.
  let root: [UInt8]?
  /// Name of the product's folder, in lower case; nil outside such folders.
  let folder: String?

  /// The place of a file's path.
  init(_ path: RawPath, _ products: ProductNames) {
    let slash = UInt8(ascii: "/")
    let names = path.bytes.split(separator: slash)
      .map { String(decoding: $0, as: UTF8.self).lowercased() }
    let start = Self.start(of: names, products)
    root = start.map {
      Array(path.bytes.split(separator: slash).prefix($0).joined(separator: [slash]))
    }
    folder = products.folder(in: names.dropLast(), from: start ?? 0)
  }

  /// Index at which a system's own folders begin.
  private static func start(of names: [String], _ products: ProductNames) -> Int? {
    for (index, name) in names.dropLast().enumerated() {
      let next = index + 2 < names.count ? names[index + 1] : ""
      if alone.contains(name) || pairs[name]?.contains(next) == true
        || products.systemFolders[name]?.contains(next) == true
      {
        return index
      }
    }
    return nil
  }

  /// Root folders with names that are unique to a system's root.
  private static let alone: Set = [
    "windows", "program files", "program files (x86)", "programdata", "documents and settings",
    "users",
    "applications",
  ]

  /// Root folders with common names, each with a child that confirms them.
  private static let pairs: [String: Set<String>] = [
    "var": ["opt", "lib", "log", "db"], "etc": ["opt", "systemd", "init.d"],
    "usr": ["bin", "sbin", "lib", "share", "local"], "lib": ["modules", "systemd"],
    "library": [
      "application support", "launchdaemons", "launchagents", "extensions", "systemextensions",
      "caches", "logs", "receipts",
    ],
    "system": ["library"], "private": ["var", "etc"],
  ]

  /// Whether a path may be in a product's folder: a cheap check for every clean item.
  static func mayBeInFolder(_ path: RawPath, _ products: ProductNames) -> Bool {
    var word = products.pathWord
    return word.withUTF8 { holds(path.bytes.span, $0) }
  }

  private static func holds(_ bytes: Span<UInt8>, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = word.first, bytes.count >= word.count else { return false }
    // Small letters differ from capitals by one bit.
    for start in 0...(bytes.count - word.count) where bytes[start] | 0x20 == first {
      var matched = 1
      while matched < word.count, bytes[start + matched] | 0x20 == word[matched] { matched += 1 }
      if matched == word.count { return true }
    }
    return false
  }
}

extension ProductNames {
  /// Finds the folder of one product among `folders`, from `start` on.
  fileprivate func folder(in folders: ArraySlice<String>, from start: Int) -> String? {
    for index in folders.indices.dropFirst(start) {
      for pattern in self.folders {
        switch pattern {
        case .below(let path):
          guard folders[...index].suffix(path.count).elementsEqual(path) else { continue }
          return index + 1 < folders.endIndex ? folders[index + 1] : nil
        case .named(let prefix, let suffix):
          let name = folders[index]
          if name.hasPrefix(prefix), name.hasSuffix(suffix) { return name }
        }
      }
    }
    return nil
  }
}
