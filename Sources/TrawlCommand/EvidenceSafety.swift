import Bytes
import Files
import Glibc

/// Nothing of the evidence changes: output inside a target is refused.
enum EvidenceSafety {
  static func check(_ output: RawPath, isOutside targets: [RawPath]) throws {
    let absolute = FileSource.absolute(output)
    let folder = resolved(absolute.parent) ?? absolute.parent
    let place = folder.appending(absolute.lastComponent)
    for target in targets {
      guard let target = resolved(target), place.isInside(target) else { continue }
      throw Failure(
        "\(output.shown) lies inside the target \(target.shown): writing it would change the evidence;"
          + " choose a place outside")
    }
  }

  /// The path without links, if it exists.
  private static func resolved(_ path: RawPath) -> RawPath? {
    let text = path.withCString { realpath($0, nil) } ?? nil
    guard let text else { return nil }
    defer { free(text) }
    return RawPath(Array(UnsafeRawBufferPointer(start: text, count: strlen(text))))
  }
}
