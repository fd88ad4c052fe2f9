/// A path or name as the bytes that the file system holds. Names on Unix need not be UTF-8, so a
/// path stays bytes until it is shown.
public struct RawPath: Hashable, Sendable, Comparable {
  /// The bytes, without a terminating NUL.
  public let bytes: [UInt8]

  /// A path of these bytes, taken as they are.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// A path of the UTF-8 bytes of `text`.
  public init(_ text: String) { bytes = Array(text.utf8) }

  /// The path as text if its bytes are UTF-8, else nil.
  public var utf8: String? { String(validating: bytes, as: UTF8.self) }

  /// The path for people: control characters and bytes that are not UTF-8 as `\xHH`, a backslash as
  /// `\\`, so that a hostile name can neither forge a line of output nor be taken for another name.
  public var shown: String {
    if let text = utf8, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0x5C }),
      !text.unicodeScalars.contains(where: { (0x80...0x9F).contains($0.value) })
    {
      return text
    }
    var text = ""
    var rest = bytes[...]
    while let byte = rest.first {
      let length = Self.sequenceLength(startingWith: byte)
      if length > 1, rest.count >= length,
        let scalar = String(validating: rest.prefix(length), as: UTF8.self),
        !scalar.unicodeScalars.contains(where: { $0.value <= 0x9F })
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

  /// The last component: what follows the last `/`.
  public var lastComponent: RawPath {
    guard let slash = bytes.lastIndex(of: Self.slash) else { return self }
    return RawPath(Array(bytes[(slash + 1)...]))
  }

  /// The path without its last component, or `/` at the root.
  public var parent: RawPath {
    guard let slash = bytes.lastIndex(of: Self.slash) else { return RawPath([]) }
    return RawPath(slash == 0 ? [Self.slash] : Array(bytes[..<slash]))
  }

  /// This path, a `/` where one is missing, and `name`.
  public func appending(_ name: RawPath) -> RawPath {
    var joined = [UInt8]()
    joined.reserveCapacity(bytes.count + 1 + name.bytes.count)
    joined.append(contentsOf: bytes)
    if let last = joined.last, last != Self.slash { joined.append(Self.slash) }
    joined.append(contentsOf: name.bytes)
    return RawPath(joined)
  }

  /// Whether this path is `other` or lies below it, both being absolute and normal.
  public func isInside(_ other: RawPath) -> Bool {
    guard bytes.starts(with: other.bytes) else { return false }
    return bytes.count == other.bytes.count || other.bytes.last == Self.slash
      || bytes[other.bytes.count] == Self.slash
  }

  /// Bytewise order.
  public static func < (left: RawPath, right: RawPath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  /// Calls `body` with the path as a C string; nil if it holds a NUL, which no system call takes.
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

extension RawPath: CustomStringConvertible {
  /// The path for people: see ``shown``.
  public var description: String { shown }
}

extension RawPath: ExpressibleByStringLiteral {
  /// A path of the UTF-8 bytes of a literal.
  public init(stringLiteral text: String) { self.init(text) }
}
