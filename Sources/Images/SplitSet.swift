import Bytes
import Glibc

/// The files of a split raw image: `image.001`, `image.002`, … or `image.000`, `image.001`, …, as dd,
/// FTK Imager and split(1) name them.
enum SplitSet {
  /// All segments of the set that `path` begins, itself alone if it begins none.
  static func segments(startingWith path: RawPath) -> [RawPath] {
    guard let (stem, digits) = parts(of: path), let first = number(digits), first <= 1 else {
      return [path]
    }
    var segments = [path]
    var next = first + 1
    while let name = self.name(stem, next, width: digits.count), exists(name) {
      segments.append(name)
      next += 1
    }
    return segments
  }

  /// The name up to its last dot, and at least three digits behind it.
  private static func parts(of path: RawPath) -> (stem: [UInt8], digits: [UInt8])? {
    guard let dot = path.bytes.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let digits = Array(path.bytes[(dot + 1)...])
    guard (3...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    return (Array(path.bytes[...dot]), digits)
  }

  private static func number(_ digits: [UInt8]) -> Int? {
    Int(String(decoding: digits, as: UTF8.self))
  }

  private static func name(_ stem: [UInt8], _ number: Int, width: Int) -> RawPath? {
    let digits = String(number)
    guard digits.count <= width else { return nil }
    return RawPath(
      stem + Array(repeating: UInt8(ascii: "0"), count: width - digits.count) + Array(digits.utf8))
  }

  private static func exists(_ path: RawPath) -> Bool {
    path.withCString { access($0, F_OK) == 0 } ?? false
  }
}
