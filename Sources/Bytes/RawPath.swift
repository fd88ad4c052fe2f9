/// A path or name as stored in the file system. Names on Unix need not be UTF-8, so a path
/// stays bytes until it is shown.
public struct RawPath: Hashable, Sendable, Comparable {
  /// The bytes, without a terminating NUL.
  public let bytes: [UInt8]

  /// Creates a path from bytes, unchanged.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Creates a path from the UTF-8 bytes of `text`.
  public init(_ text: String) { bytes = Array(text.utf8) }

  /// Path as text; nil if its bytes are not UTF-8.
  public var utf8: String? { String(validating: bytes, as: UTF8.self) }

  /// Path for display: bytes of control characters, of characters that change the direction of
  /// text, and those that are not UTF-8 as `\xHH`, a backslash as `\\`. A hostile name can neither
  /// forge a line of output nor look like another name.
  public var shown: String {
    let isPlain = bytes.allSatisfy { $0.isPlainASCII && $0 != UInt8(ascii: "\\") }
    if isPlain { return String(decoding: bytes, as: UTF8.self) }
    if let text = utf8, !text.utf8.contains(UInt8(ascii: "\\")),
      !text.unicodeScalars.contains(where: \.affectsDisplay)
    {
      return text
    }
    var text = ""
    var rest = bytes[...]
    while let byte = rest.first {
      let length = Self.sequenceLength(startingWith: byte)
      if length > 1, rest.count >= length,
        let scalar = String(validating: rest.prefix(length), as: UTF8.self),
        !scalar.unicodeScalars.contains(where: \.affectsDisplay)
      {
        text += scalar
        rest = rest.dropFirst(length)
        continue
      }
      switch byte {
      case 0x5C: text += "\\\\"
      case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += "\\x" + Hexadecimal.text(of: CollectionOfOne(byte))
      }
      rest = rest.dropFirst()
    }
    return text
  }

  /// Last component: the bytes after the last `/`.
  public var lastComponent: RawPath {
    guard let slash = bytes.lastIndex(of: Self.slash) else { return self }
    return RawPath(Array(bytes[(slash + 1)...]))
  }

  /// Path without its last component, or `/` at the root.
  public var parent: RawPath {
    guard let slash = bytes.lastIndex(of: Self.slash) else { return RawPath([]) }
    return RawPath(slash == 0 ? [Self.slash] : Array(bytes[..<slash]))
  }

  /// Appends `name`, with a `/` if one is missing.
  public func appending(_ name: RawPath) -> RawPath {
    var joined = [UInt8]()
    joined.reserveCapacity(bytes.count + 1 + name.bytes.count)
    joined.append(contentsOf: bytes)
    if let last = joined.last, last != Self.slash { joined.append(Self.slash) }
    joined.append(contentsOf: name.bytes)
    return RawPath(joined)
  }

  /// Whether this path is `other` or below it. Both must be absolute and normalised.
  public func isInside(_ other: RawPath) -> Bool {
    guard bytes.starts(with: other.bytes) else { return false }
    return bytes.count == other.bytes.count || other.bytes.last == Self.slash
      || bytes[other.bytes.count] == Self.slash
  }

  /// Orders by bytes.
  public static func < (left: RawPath, right: RawPath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  /// Calls `body` with the path as a C string; nil if it contains a NUL, which system calls do
  /// not accept.
  package func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result? {
    guard !bytes.contains(0) else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
      for (index, byte) in bytes.enumerated() { buffer[index] = CChar(bitPattern: byte) }
      buffer[bytes.count] = 0
      return body(UnsafePointer(buffer.baseAddress!))
    }
  }

  private static let slash = UInt8(ascii: "/")

  private static func sequenceLength(startingWith byte: UInt8) -> Int {
    switch byte {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }
}

extension RawPath: Codable {
  /// Decodes a text, or the bytes of a path that is not UTF-8.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let text = try? container.decode(String.self) {
      self.init(text)
    } else {
      self.init(try container.decode([UInt8].self))
    }
  }

  /// Encodes a text, or the bytes of a path that is not UTF-8.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let text = utf8 { try container.encode(text) } else { try container.encode(bytes) }
  }
}

extension RawPath: CustomStringConvertible {
  /// Path for display: see ``shown``.
  public var description: String { shown }
}

extension RawPath: ExpressibleByStringLiteral {
  /// Creates a path from the UTF-8 bytes of a literal.
  public init(stringLiteral text: String) { self.init(text) }
}

extension UInt8 {
  /// Whether the byte is a visible ASCII character or a space: most texts have no others, and need
  /// no closer look.
  package var isPlainASCII: Bool { (0x20..<0x7F).contains(self) }
}

extension Unicode.Scalar {
  /// Whether the character controls a terminal, ends a line for some reader, or changes the order
  /// in which its neighbours are shown (Unicode Standard Annex #9), so that a name looks different.
  package var affectsDisplay: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      true
    default: false
    }
  }
}
