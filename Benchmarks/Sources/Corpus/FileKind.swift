/// Kinds of files in the corpus, in about the proportions of a Linux `/usr`: most files are
/// small text, most bytes are in the others.
enum FileKind: CaseIterable {
  case text, sharedObject, windowsProgram, compressedData, empty

  /// Percentage of files of this kind.
  var share: Int {
    switch self {
    case .text: 76
    case .sharedObject: 4
    case .windowsProgram: 2
    case .compressedData: 15
    case .empty: 3
    }
  }

  /// Range of their sizes in bytes.
  var sizes: Range<Int> {
    switch self {
    case .text: 128..<16_384
    case .sharedObject: 8192..<524_288
    case .windowsProgram: 8192..<262_144
    case .compressedData: 128..<65_536
    case .empty: 0..<1
    }
  }

  /// Suffix of their names.
  var suffix: String {
    switch self {
    case .text: ".txt"
    case .sharedObject: ".so"
    case .windowsProgram: ".dll"
    case .compressedData: ".gz"
    case .empty: ".empty"
    }
  }

  /// Draws a kind by its share.
  static func drawn(_ random: inout SplitMix64) -> FileKind {
    var ticket = random.below(100)
    for kind in allCases {
      ticket -= kind.share
      if ticket < 0 { return kind }
    }
    return .text
  }

  /// Generates the content of one such file.
  func content(_ stock: ByteStock, _ random: inout SplitMix64) -> [UInt8] {
    guard self != .empty else { return [] }
    return content(size: random.logarithmic(in: sizes), stock, &random)
  }

  /// Generates the content of a file of about `size` bytes.
  func content(size: Int, _ stock: ByteStock, _ random: inout SplitMix64) -> [UInt8] {
    var bytes = [UInt8]()
    switch self {
    case .text: stock.append(size, of: .prose, to: &bytes, &random)
    case .sharedObject: bytes = ELFImage(size: size, stock, &random).bytes
    case .windowsProgram: bytes = PEImage(size: size, .windows, stock, &random).bytes
    case .compressedData:
      bytes = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
      stock.append(size, of: .noise, to: &bytes, &random)
    case .empty: break
    }
    return bytes
  }
}
