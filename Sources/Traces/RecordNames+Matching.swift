import Profiles

extension RecordNames {
  /// Whether a maintainer, such as `Acme <support@acme.example>`, is the company: by name, or by
  /// the domain of the address.
  func isMaintainer(_ field: String) -> Bool {
    let parts = field.split(separator: "<", maxSplits: 1, omittingEmptySubsequences: false)
    var name = parts.first ?? ""
    while name.last == " " { name.removeLast() }
    guard !publishers.contains(String(name)) else { return true }
    let address = (parts.count == 2 ? parts[1] : name).prefix { $0 != ">" }
    return address.split(separator: "@").last.map { address.contains("@") && isDomain($0) } ?? false
  }

  /// Whether a page, such as `https://www.acme.example/linux`, is the company's.
  func isHomepage(_ field: String) -> Bool {
    guard let start = field.firstRange(of: "://") else { return false }
    return isDomain(field[start.upperBound...].prefix { !"/:?#".contains($0) })
  }

  private func isDomain(_ host: Substring) -> Bool {
    let host = host.lowercased()
    return domains.contains { host == $0 || host.hasSuffix("." + $0) }
  }

  /// Whether a folder on the path of a file is the company's.
  func isInFolder(_ path: String) -> Bool {
    path.split(whereSeparator: { $0 == "\\" || $0 == "/" }).dropLast().contains { name in
      folders.contains { $0.isSame(as: String(name)) }
    }
  }

  /// Whether a package has one of the names, or begins with one and a hyphen: `acme`, `acme-gui`.
  func isPackage(_ name: String) -> Bool {
    packages.contains(name) || packages.contains { name.hasPrefix($0 + "-") }
  }
}

extension RegistryNames {
  /// Whether a key names a product line.
  func isEdition(_ name: String) -> Bool {
    let name = name.uppercased()
    guard let line = editions.first(where: { name.hasPrefix($0) }) else { return false }
    return name.utf8.dropFirst(line.utf8.count).first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
  }
}
