package import Bytes
package import Evidence
import Glibc

/// Files of a split raw image: `image.001`, `image.002`, … or `image.000`, `image.001`, …, as
/// named by dd, FTK Imager and split(1).
package enum SplitSet {
  /// All segments of the set that `path` is part of, itself alone if it is part of none.
  package static func segments(containing path: RawPath) -> [RawPath] {
    guard let (stem, digits) = parts(of: path), let number = number(digits) else { return [path] }
    let firsts = [0, 1].filter { $0 <= number }
    guard
      let first = firsts.first(where: { first in
        first == number || name(stem, first, width: digits.count).map(exists) ?? false
      }), let start = first == number ? path : name(stem, first, width: digits.count)
    else { return [path] }
    let segments = segments(from: start, stem, first, width: digits.count)
    return segments.contains(path) ? segments : [path]
  }

  /// The problem of a set: a part is missing before one that is there.
  package static func missing(_ segments: [RawPath]) -> ItemProblem? {
    guard let last = segments.last, let (stem, digits) = parts(of: last),
      let number = number(digits)
    else { return nil }
    // Every part but the last is as long as the first.
    let sizes = segments.compactMap { try? RawImage([$0]).size }
    if let first = sizes.first, sizes.count == segments.count,
      let short = sizes.dropLast().firstIndex(where: { $0 < first })
    {
      return ItemProblem(
        .truncated,
        "\(segments[short].shown) has \(sizes[short]) bytes, but the first part has \(first): data is missing, and"
          + " everything after it is displaced; restore the complete part")
    }
    // Later parts may exist behind lost ones: a limited number of names is tried.
    for next in (number + 2)..<(number + 18) {
      if let name = name(stem, next, width: digits.count), exists(name) {
        return ItemProblem(
          .truncated,
          "the part after \(last.shown) is missing, although \(name.shown) exists: nothing after the gap"
            + " was read; put the missing part beside the others")
      }
    }
    return nil
  }

  /// Whether a file is named like a part of a set, the first included.
  package static func isPart(_ path: RawPath) -> Bool {
    parts(of: path).flatMap { number($0.digits) } != nil
  }

  /// Whether a file is a later part of a set whose first part is not beside it.
  package static func lacksFirst(_ path: RawPath) -> Bool {
    guard let (_, digits) = parts(of: path), let number = number(digits) else { return false }
    return number > 1 && segments(containing: path) == [path]
  }

  /// The problem of a file that is a later part of a set whose first part is not beside it.
  static func beginning(of path: RawPath) -> ItemProblem? {
    guard lacksFirst(path) else { return nil }
    return ItemProblem(
      .truncated,
      "it is named like a later part of a split image, but the first part is missing; put the first part"
        + " beside it, or scan it with --as file")
  }

  private static func segments(from path: RawPath, _ stem: [UInt8], _ first: Int, width: Int)
    -> [RawPath]
  {
    var segments = [path]
    var next = first + 1
    while let name = self.name(stem, next, width: width), exists(name) {
      segments.append(name)
      next += 1
    }
    return segments
  }

  /// Name up to its last dot, and at least three digits after it.
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
