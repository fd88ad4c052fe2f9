/// Reads a regular expression of libyara element by element.
struct RegularExpressionReader {
  let pattern: [UInt8]
  private var position = 0

  init(pattern: [UInt8]) { self.pattern = pattern }

  var isAtEnd: Bool { position >= pattern.count }

  /// The byte that comes next; nil at the end.
  var next: UInt8? { isAtEnd ? nil : pattern[position] }

  /// Skips the next byte.
  mutating func skip() { position += 1 }

  enum Element {
    case byte(ByteSet)
    /// An element without a length, such as an anchor.
    case nothing
    case unknown
  }

  /// The next element; nil if no part of the expression is required, or if it is not understood.
  mutating func element() -> Element? {
    let byte = pattern[position]
    switch byte {
    // At the top level: nothing before or after it is in every match.
    case UInt8(ascii: "|"), UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"),
      UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
      return nil
    case UInt8(ascii: "("):
      guard let end = endOfGroup(position) else { return nil }
      position = end
      return .unknown
    case UInt8(ascii: "["): return characterClass()
    case UInt8(ascii: "\\"): return escape()
    case UInt8(ascii: "."):
      position += 1
      return .byte(.all)
    case UInt8(ascii: "^"), UInt8(ascii: "$"):
      position += 1
      return .nothing
    default:
      position += 1
      return .byte(ByteSet(byte))
    }
  }

  /// Repetitions of the element before it: least and most, nil for no limit.
  mutating func quantifier() -> (least: Int, most: Int?)? {
    guard position < pattern.count else { return (1, 1) }
    var times: (least: Int, most: Int?) = (1, 1)
    switch pattern[position] {
    case UInt8(ascii: "*"):
      times = (0, nil)
      position += 1
    case UInt8(ascii: "?"):
      times = (0, 1)
      position += 1
    case UInt8(ascii: "+"):
      times = (1, nil)
      position += 1
    case UInt8(ascii: "{"):
      guard let end = pattern[position...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
      let text = String(decoding: pattern[position + 1..<end], as: UTF8.self)
      // {2}, {2,}, {,3}, {2,3}; anything else is not a quantifier, and not understood.
      let bounds = text.split(separator: ",", omittingEmptySubsequences: false)
      guard (1...2).contains(bounds.count), text.contains(where: \.isNumber),
        text.allSatisfy({ $0.isNumber || $0 == "," })
      else { return nil }
      let least = bounds[0].isEmpty ? 0 : Int(bounds[0])
      guard let least else { return nil }
      times = (least, bounds.count == 1 ? least : Int(bounds[1]))
      position = end + 1
    default: return times
    }
    // The lazy form.
    if position < pattern.count, pattern[position] == UInt8(ascii: "?") { position += 1 }
    return times
  }

  private mutating func escape() -> Element? {
    guard let (set, length) = Self.escaped(pattern, position) else { return nil }
    position += length
    return set.map { .byte($0) } ?? .nothing
  }

  /// Bytes for which a backslash and the next byte stand; no set if they have no length or are unknown.
  private static func escaped(_ pattern: [UInt8], _ position: Int) -> (ByteSet?, Int)? {
    guard position + 1 < pattern.count else { return nil }
    let digits = ByteSet(0x30...0x39)
    let word: ByteSet = {
      var set = ByteSet.outsideWords.inverted
      set.insert(UInt8(ascii: "_"))
      return set
    }()
    let space = ByteSet([0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D])
    switch pattern[position + 1] {
    case UInt8(ascii: "n"): return (ByteSet(0x0A), 2)
    case UInt8(ascii: "t"): return (ByteSet(0x09), 2)
    case UInt8(ascii: "r"): return (ByteSet(0x0D), 2)
    case UInt8(ascii: "f"): return (ByteSet(0x0C), 2)
    case UInt8(ascii: "a"): return (ByteSet(0x07), 2)
    case UInt8(ascii: "d"): return (digits, 2)
    case UInt8(ascii: "D"): return (digits.inverted, 2)
    case UInt8(ascii: "w"): return (word, 2)
    case UInt8(ascii: "W"): return (word.inverted, 2)
    case UInt8(ascii: "s"): return (space, 2)
    case UInt8(ascii: "S"): return (space.inverted, 2)
    case UInt8(ascii: "b"), UInt8(ascii: "B"): return (nil, 2)
    case UInt8(ascii: "x"):
      guard position + 3 < pattern.count,
        let value = UInt8(
          String(decoding: pattern[position + 2...position + 3], as: UTF8.self), radix: 16)
      else { return nil }
      return (ByteSet(value), 4)
    // Other letters and digits are unknown escapes.
    case let byte where !ByteSet.outsideWords.contains(byte): return nil
    case let byte: return (ByteSet(byte), 2)
    }
  }

  private mutating func characterClass() -> Element? {
    guard let end = endOfClass(position) else { return nil }
    var index = position + 1
    position = end
    let isNegated = pattern[index] == UInt8(ascii: "^")
    if isNegated { index += 1 }
    var set = ByteSet.none
    var isFirst = true
    while index < end - 1 || isFirst {
      guard let (low, length) = classMember(index) else { return .unknown }
      index += length
      isFirst = false
      guard index + 1 < end - 1, pattern[index] == UInt8(ascii: "-") else {
        set.formUnion(low)
        continue
      }
      guard let (high, highLength) = classMember(index + 1), let first = low.single,
        let last = high.single, first <= last
      else { return .unknown }
      set.formUnion(ByteSet(first...last))
      index += 1 + highLength
    }
    return .byte(isNegated ? set.inverted : set)
  }

  private func classMember(_ index: Int) -> (ByteSet, Int)? {
    guard pattern[index] == UInt8(ascii: "\\") else { return (ByteSet(pattern[index]), 1) }
    guard let (set, length) = Self.escaped(pattern, index), let set else { return nil }
    return (set, length)
  }

  /// The position behind a class.
  private func endOfClass(_ start: Int) -> Int? {
    var index = start + 1
    if index < pattern.count, pattern[index] == UInt8(ascii: "^") { index += 1 }
    // A bracket that comes first is one of the class.
    if index < pattern.count, pattern[index] == UInt8(ascii: "]") { index += 1 }
    while index < pattern.count {
      switch pattern[index] {
      case UInt8(ascii: "\\"): index += 2
      case UInt8(ascii: "]"): return index + 1
      default: index += 1
      }
    }
    return nil
  }

  /// The position behind a group.
  private func endOfGroup(_ start: Int) -> Int? {
    var open = 0
    var index = start
    while index < pattern.count {
      switch pattern[index] {
      case UInt8(ascii: "\\"): index += 2
      case UInt8(ascii: "["):
        guard let end = endOfClass(index) else { return nil }
        index = end
      case UInt8(ascii: "("):
        open += 1
        index += 1
      case UInt8(ascii: ")"):
        open -= 1
        index += 1
        if open == 0 { return index }
      default: index += 1
      }
    }
    return nil
  }
}
