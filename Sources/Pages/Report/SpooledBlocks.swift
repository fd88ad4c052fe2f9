import Reports
import Results

/// Texts that wait in a temporary file until the preceding parts of the page are known.
final class SpooledBlocks {
  private let file: TemporaryFile
  private var sizes = [Int]()

  init() throws { file = try TemporaryFile() }

  func append(_ text: String) throws {
    let bytes = Array(text.utf8)
    sizes.append(bytes.count)
    try file.append(bytes)
  }

  /// Writes all texts in order.
  func write(to report: ReportFile) throws {
    try file.flush()
    var offset: UInt64 = 0
    for size in sizes {
      try report.write(String(decoding: try file.read(size, at: offset), as: UTF8.self))
      offset += UInt64(size)
    }
  }
}
