import Bytes
import Evidence
import Findings
import Reports
import Results

/// Findings as data for the script of the page, in blocks. Of each block, three parts: columns that
/// are sorted and filtered, read when the page opens; paths, read when a row is shown or
/// searched; hashes and evidence, read when a finding is opened.
struct FindingRows {
  /// Findings in a block; the script knows the number.
  static let blockSize = 2000
  static let confidences = ["weak", "claimed", "strong", "confirmed", "unstated"]
  /// Characters of the hashes of a finding: MD5, SHA-1, SHA-256. One that is not known is spaces, and
  /// a space follows each.
  private static let hashSizes = [32, 40, 64]

  /// Texts of the columns of all blocks.
  private var texts = TextIndex()
  private var columns = [[JSON]](repeating: [], count: 8)
  private var paths = [JSON]()
  private var hashes = ""
  private var evidence = FindingEvidence()
  private var blocks = 0

  mutating func add(_ finding: ResultFinding, of scan: ResultScan, to file: SpooledBlocks) throws {
    let locator = finding.locator
    let endpoint = scan.endpoint(of: locator.evidence, isImage: locator.volume != nil)
    let confidence = finding.confidence?.rawValue ?? "unstated"
    let modified = finding.times.modified
    let cells: [JSON] = [
      .integer(Int64(Self.confidences.firstIndex(of: confidence) ?? 0)),
      texts[finding.product], texts[finding.productVersion ?? finding.version],
      texts[finding.component], texts[endpoint.name], texts[locator.state?.rawValue],
      // Numbers of JavaScript are exact up to 2^53.
      .unsigned(min(finding.size, 1 << 53)),
      modified?.rfc3339 == nil ? .null : .integer(modified?.seconds ?? 0),
    ]
    for (column, cell) in cells.enumerated() { columns[column].append(cell) }
    paths.append(.string(locator.path.shown + (locator.stream.map { ":" + $0.shown } ?? "")))
    for (size, hash) in zip(Self.hashSizes, [finding.md5, finding.sha1, finding.sha256]) {
      hashes += hash ?? String(repeating: " ", count: size)
      hashes += " "
    }
    evidence.add(finding)
    if paths.count == Self.blockSize { try flush(to: file) }
  }

  /// Ends the last block, and adds the texts of all columns.
  mutating func finish(to file: SpooledBlocks) throws {
    try flush(to: file)
    let strings = JSON.object([
      ("blocks", .integer(Int64(blocks))),
      ("confidence", .array(Self.confidences.map(JSON.string))), ("texts", texts.json),
    ])
    try file.append(Self.element("strings", HTMLText.data(strings)))
  }

  private mutating func flush(to file: SpooledBlocks) throws {
    guard !paths.isEmpty else { return }
    let parts = [
      ("c", HTMLText.data(.array(columns.map(JSON.array)))), ("p", HTMLText.data(.array(paths))),
      ("h", hashes), ("e", HTMLText.data(evidence.json)),
    ]
    try file.append(parts.map { Self.element("\($0)\(blocks)", $1) }.joined())
    columns = columns.map { _ in [] }
    paths = []
    hashes = ""
    evidence = FindingEvidence()
    blocks += 1
  }

  private static func element(_ name: String, _ data: String) -> String {
    "<script type=\"application/json\" id=\"\(name)\">\(data)</script>\n"
  }
}

/// Texts that occur often, each once; the empty one is number 0.
struct TextIndex {
  private var texts = [JSON]()
  private var numbers = [String: Int64]()

  init() { _ = self[""] }

  /// The number of a text in ``json``.
  subscript(_ text: String?) -> JSON {
    mutating get {
      let text = text ?? ""
      if let number = numbers[text] { return .integer(number) }
      numbers[text] = Int64(texts.count)
      texts.append(.string(Printable.text(text)))
      return .integer(Int64(texts.count - 1))
    }
  }

  var json: JSON { .array(texts) }
}
