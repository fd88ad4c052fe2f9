import Glibc

extension Evaluator {
  /// Limit of the forms that are compared here.
  private static let mostForms = 4

  /// Whether the first bytes are the whole item, and a string that is not searched begins at none of them.
  func isAbsentFromHead(_ string: Int32) -> Bool {
    guard view.knowledge == .searched, view.headIsWhole else { return false }
    let parts = tables.parts[
      Int(tables.firstPart[Int(string)])..<Int(tables.firstPart[Int(string) + 1])]
    guard parts.allSatisfy({ $0.count == 0 }) else { return false }
    let need = tables.needs[Int(string)]
    guard !need.forms.isEmpty else { return isAbsent(need.beginning) }
    guard need.forms.count <= Self.mostForms else { return false }
    return need.forms.allSatisfy { form in
      isAbsent(
        form.bytes.map { byte in
          let isLetter = form.ignoresCase && (0x61...0x7A).contains(lowercase(byte))
          let mask: UInt8 = isLetter ? 0xDF : 0xFF
          return (value: byte & mask, mask: mask)
        })
    }
  }

  /// Whether bytes, compared in their fixed bits, occur nowhere in the head.
  private func isAbsent(_ bytes: [(value: UInt8, mask: UInt8)]) -> Bool {
    guard let anchor = bytes.firstIndex(where: { $0.mask == 0xFF }),
      let base = view.head.baseAddress
    else { return !bytes.isEmpty && view.head.isEmpty }
    let count = view.head.count
    // Distance of the anchor from the first byte; the last byte must fit.
    var position = anchor
    let end = count - (bytes.count - anchor) + 1
    while position < end {
      guard let next = memchr(base + position, Int32(bytes[anchor].value), end - position) else {
        return true
      }
      let place = UnsafeRawPointer(next) - base
      let start = place - anchor
      let isHere = bytes.indices.allSatisfy {
        view.head[start + $0] & bytes[$0].mask == bytes[$0].value
      }
      if isHere { return false }
      position = place + 1
    }
    return true
  }
}
