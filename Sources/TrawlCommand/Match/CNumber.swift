import Glibc

/// Numbers as the C library parses them.
enum CNumber {
  /// strtol(3) of the whole text; nil if it is not a number. Empty text is 0.
  static func integer(_ text: [UInt8], base: Int32) -> Int? {
    withCString(text) { start in
      var end: UnsafeMutablePointer<CChar>?
      let number = strtol(start, &end, base)
      return end?.pointee == 0 ? number : nil
    }
  }

  /// atoi(3): the number before the first invalid character, truncated to 32 bits.
  static func leadingInteger(_ text: [UInt8]) -> Int32 {
    withCString(text) { Int32(truncatingIfNeeded: strtol($0, nil, 10)) }
  }

  /// atof(3).
  static func float(_ text: [UInt8]) -> Double { withCString(text) { strtod($0, nil) } }

  private static func withCString<Result>(
    _ text: [UInt8], _ body: (UnsafePointer<CChar>) -> Result
  ) -> Result {
    (text + [0]).withUnsafeBytes { bytes in
      body(bytes.baseAddress!.assumingMemoryBound(to: CChar.self))
    }
  }
}
