import Bytes
import Glibc

/// Names of an image's segments: `.E01` to `.E99`, then `.EAA` to `.EZZ`, `.FAA` and so on;
/// lower case and `.s01` (SMART) likewise. Source: libewf, "segment files".
enum EwfNames {
  /// Name of segment `number`, from 1, in the set that `first` begins; nil beyond the last
  /// possible name, or if `first` has no such name.
  static func segment(_ number: Int, startingWith first: RawPath) -> RawPath? {
    let bytes = first.bytes
    guard bytes.count > 4, bytes[bytes.count - 4] == UInt8(ascii: "."), number > 0 else {
      return nil
    }
    let letter = bytes[bytes.count - 3]
    let isLower = letter >= UInt8(ascii: "a")
    guard let last = suffix(number, UInt8(isLower ? letter - 0x20 : letter)) else { return nil }
    return RawPath(bytes.dropLast(3) + last.map { isLower && $0 > 0x40 ? $0 + 0x20 : $0 })
  }

  /// Name of a segment beside `first`; if it is not there and `first` is a link, beside the target of the link.
  static func existing(_ number: Int, startingWith first: RawPath) -> RawPath? {
    let beside = segment(number, startingWith: first)
    if let beside, NamedFile.exists(beside) { return beside }
    guard let real = first.withCString({ realpath($0, nil) }) ?? nil else { return beside }
    defer { free(real) }
    let target = RawPath(Array(UnsafeRawBufferPointer(start: real, count: strlen(real))))
    guard let behind = segment(number, startingWith: target), NamedFile.exists(behind) else {
      return beside
    }
    return behind
  }

  private static func suffix(_ number: Int, _ letter: UInt8) -> [UInt8]? {
    if number < 100 {
      return [
        letter, UInt8(ascii: "0") + UInt8(number / 10), UInt8(ascii: "0") + UInt8(number % 10),
      ]
    }
    let rank = number - 100
    let first = Int(letter) + rank / 676
    guard first <= Int(UInt8(ascii: "Z")) else { return nil }
    return [UInt8(first), 0x41 + UInt8(rank / 26 % 26), 0x41 + UInt8(rank % 26)]
  }
}
