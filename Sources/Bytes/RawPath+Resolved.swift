import Glibc

extension RawPath {
  /// Path with links resolved; nil if it does not exist.
  package var resolved: RawPath? {
    let text = withCString { realpath($0, nil) } ?? nil
    guard let text else { return nil }
    defer { free(text) }
    return RawPath(Array(UnsafeRawBufferPointer(start: text, count: strlen(text))))
  }
}
