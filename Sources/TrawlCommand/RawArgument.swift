import Bytes

/// Arguments as bytes. Swift repairs arguments that are not UTF-8, which would name another file; the
/// bytes are found again by comparing with what the process was given.
enum RawArgument {
  static func path(_ text: String) throws -> RawPath {
    guard text.unicodeScalars.contains("\u{FFFD}") else { return RawPath(text) }
    let arguments = UnsafeBufferPointer(
      start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
    for argument in arguments {
      guard let argument else { continue }
      let bytes = argument.withMemoryRebound(to: UInt8.self, capacity: 1) { start in
        var count = 0
        while start[count] != 0 { count += 1 }
        return Array(UnsafeBufferPointer(start: start, count: count))
      }
      for start in valueStarts(in: bytes)
      where String(decoding: bytes[start...], as: UTF8.self) == text {
        return RawPath(Array(bytes[start...]))
      }
    }
    return RawPath(text)
  }

  /// An argument is a value whole, or from behind its `=`.
  private static func valueStarts(in bytes: [UInt8]) -> [Int] {
    [0] + (bytes.firstIndex(of: UInt8(ascii: "=")).map { [$0 + 1] } ?? [])
  }
}
