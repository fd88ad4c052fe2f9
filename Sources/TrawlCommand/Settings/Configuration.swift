import Bytes
import Glibc

/// Defaults of the user: `trawl/config` in `$XDG_CONFIG_HOME`, else in `~/.config`, or the file that
/// `TRAWL_CONFIG` names; none if that is empty. A section for each command, and in it long options:
///
///     [scan]
///     jobs = 4
///     exclude = *.iso
///     no-progress = true
enum Configuration {
  private static let greatestSize = 1 << 20

  /// File that is read; nil if the environment names none.
  static var path: RawPath? {
    if let named = getenv("TRAWL_CONFIG") {
      return named.pointee == 0 ? nil : RawPath(String(cString: named))
    }
    if let base = getenv("XDG_CONFIG_HOME"), base.pointee == UInt8(ascii: "/") {
      return RawPath(String(cString: base)).appending("trawl").appending("config")
    }
    guard let home = getenv("HOME"), home.pointee == UInt8(ascii: "/") else { return nil }
    return RawPath(String(cString: home)).appending(".config").appending("trawl")
      .appending("config")
  }

  /// The arguments of the command line with the defaults of their command behind its name, so that
  /// typed options come later and override them.
  static func adding(to arguments: [String]) throws -> [String] {
    guard let command = arguments.first, !command.hasPrefix("-"), let path,
      let text = try text(path)
    else { return arguments }
    return [command] + (try defaults(for: command, in: text, of: path)) + arguments.dropFirst()
  }

  /// Options of a section as arguments.
  static func defaults(for command: String, in text: String, of path: RawPath) throws -> [String] {
    var arguments = [String]()
    var section: String?
    for (rank, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let line = trimmed(line)
      func failure(_ problem: String) -> Failure {
        Failure("\(path.shown), line \(rank + 1): \(problem)")
      }
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("["), line.hasSuffix("]") {
        section = String(line.dropFirst().dropLast())
        continue
      }
      guard section != nil else { throw failure("no [command] before the first option") }
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let key = trimmed(parts[0])
      guard parts.count == 2, let first = key.utf8.first, first != UInt8(ascii: "-"),
        key.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") })
      else { throw failure("not of the form option = value") }
      guard section == command else { continue }
      switch trimmed(parts[1]) {
      case "true": arguments.append("--\(key)")
      case "false": break
      case let value: arguments.append("--\(key)=\(value)")
      }
    }
    return arguments
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
    return String(text)
  }

  /// Text of the file; nil if it does not exist.
  private static func text(_ path: RawPath) throws -> String? {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else {
      // A file that was named must exist.
      guard getenv("TRAWL_CONFIG") == nil else {
        throw Failure("\(path.shown): \(String(cString: strerror(errno)))")
      }
      return nil
    }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= greatestSize else {
      throw Failure("\(path.shown): no regular file, or larger than \(greatestSize) bytes")
    }
    let bytes = try RuleFiles.bytes(of: path.utf8 ?? "", kind: "configuration")
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure("\(path.shown): not UTF-8")
    }
    return text
  }
}
