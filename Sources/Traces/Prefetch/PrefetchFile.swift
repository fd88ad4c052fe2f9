import Bytes
import Evidence
import Findings
import Profiles

/// A prefetch file of Windows 10 and later: which files a program loaded when it started, compressed.
///
/// Joachim Metz, "Windows Prefetch File (PF) format" (libscca), "Compressed", "File header" and "File information".
struct PrefetchFile {
  /// The company's files that were loaded: the program itself, or the first of them.
  private(set) var traces: [Trace] = []
  /// Description of the first defect; nil if there was none.
  private(set) var damage: String?

  /// Size limit in bytes when uncompressed; real ones have some hundred thousand.
  static let mostBytes = 16 << 20

  /// Limit of names; Windows records some thousand.
  private static let mostNames = 10_000

  /// Offsets in the uncompressed file: the name of the program (30 letters), the place of the names of files and
  /// their size, and the time of the last start.
  private static let name = 16
  private static let names = 100
  private static let namesLength = 104
  private static let lastRun = 128

  /// Reads a complete file.
  init(_ bytes: UnsafeRawBufferPointer, _ names: RecordNames) {
    guard bytes.prefix(3).elementsEqual("MAM".utf8) else {
      read(bytes, names)
      return
    }
    // Bit 7 of the fourth byte: a checksum is before the data.
    guard let form: UInt8 = bytes.little(3), let size: UInt32 = bytes.little(4), form & 0x7F == 4
    else {
      damage = "its compression is unknown"
      return
    }
    let start = form & 0x80 == 0 ? 8 : 12
    guard size <= Self.mostBytes, start <= bytes.count,
      let content = XpressHuffman.decode(
        UnsafeRawBufferPointer(rebasing: bytes[start...]), size: Int(size))
    else {
      damage = "it cannot be decompressed"
      return
    }
    content.withUnsafeBytes { read($0, names) }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer, _ known: RecordNames) {
    guard bytes.count >= Self.lastRun + 8, bytes[4..<8].elementsEqual("SCCA".utf8),
      let start: UInt32 = bytes.little(Self.names),
      let length: UInt32 = bytes.little(Self.namesLength),
      Int(start) <= bytes.count, Int(length) <= bytes.count - Int(start)
    else {
      damage = "its header is damaged"
      return
    }
    let program = String(
      utf16: UnsafeRawBufferPointer(rebasing: bytes[Self.name..<(Self.name + 60)]))
    var first: String?
    var own: String?
    let paths = Self.paths(
      UnsafeRawBufferPointer(rebasing: bytes[Int(start)...].prefix(Int(length))))
    if paths.count > Self.mostNames { damage = "it lists more than \(Self.mostNames) files" }
    for path in paths.prefix(Self.mostNames) where known.isInFolder(path) {
      first = first ?? path
      // The name of the program is cut off after 29 letters.
      let file = path.split(separator: "\\").last.map(String.init) ?? ""
      if own == nil, file.hasPrefix(program), !program.isEmpty { own = path }
    }
    guard let path = own ?? first else { return }
    let time: UInt64? = bytes.little(Self.lastRun)
    traces = [
      Trace(
        kind: .execution, place: program, program: path,
        written: time.flatMap { Timestamp(fileTime: $0) })
    ]
  }

  /// Paths in a list of texts in UTF-16, each ended by a NUL.
  private static func paths(_ bytes: UnsafeRawBufferPointer) -> [String] {
    let units = (0..<(bytes.count / 2)).map { bytes.little(2 * $0) ?? UInt16(0) }
    return units.split(separator: 0, maxSplits: mostNames)
      .map { String(decoding: $0, as: UTF16.self) }
  }

  /// The result of reading the file.
  var reading: TraceReading {
    TraceReading(
      traces, damage.map { ItemProblem(.unreadable, "the prefetch file cannot be read: \($0)") })
  }
}
