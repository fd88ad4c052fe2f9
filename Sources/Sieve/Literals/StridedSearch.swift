import Glibc

/// Searches for a text whose characters are each followed by any byte, as libyara reads version resources:
/// it keeps the low byte of each 16-bit unit (strutils.c, strlcpy_w).
enum StridedSearch {
  static func contains(_ literal: LiteralTable.Literal, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let text = literal.bytes
    guard let first = text.first, bytes.count >= 2 * text.count - 1 else { return false }
    let last = bytes.count - (2 * text.count - 1)
    let folds = literal.ignoresCase
    return text.withUnsafeBufferPointer { text in
      var position = 0
      while position <= last {
        if !folds {
          guard
            let next = memchr(bytes.baseAddress! + position, Int32(first), last - position + 1)
          else { return false }
          position = UnsafeRawPointer(next) - bytes.baseAddress!
        }
        var index = 0
        while index < text.count {
          let byte = bytes[position + 2 * index]
          guard byte == text[index] || folds && lowercase(byte) == lowercase(text[index]) else {
            break
          }
          index += 1
        }
        if index == text.count { return true }
        position += 1
      }
      return false
    }
  }
}
