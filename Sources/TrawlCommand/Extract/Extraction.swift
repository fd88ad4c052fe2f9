import Bytes
import Cases
import Evidence
import Findings
import Images
import Reports
import Results

/// Copies findings out of their evidence, and keeps the manifest. Used by one thread at a time: its own, or the one
/// that lists an image.
final class Extraction: @unchecked Sendable {
  private let folder: ExtractionFolder
  private let includesQuarantine: Bool
  private var manifest = ""
  private var sums = ""
  private var copied = 0
  private var refused = 0
  private var failed = 0

  private static let pieceLength = 1 << 20

  init(folder: ExtractionFolder, includesQuarantine: Bool) {
    self.folder = folder
    self.includesQuarantine = includesQuarantine
  }

  /// Whether every item was copied, and has the hash of its finding.
  var isComplete: Bool { failed == 0 }

  var summary: String {
    "\(copied) items copied, \(failed) not copied or different"
      + (refused > 0 ? ", \(refused) in a quarantine left (--include-quarantine copies them)" : "")
  }

  /// Copies findings.
  func extract(_ findings: [Finding], from evidence: [CaseEvidence]) throws {
    let known = Dictionary(evidence.map { ($0.description.name, $0) }) { first, _ in first }
    var inImages: [RawPath: [(rank: Int, finding: Finding)]] = [:]
    for (index, finding) in findings.enumerated() {
      guard includesQuarantine || finding.attribution.component != .quarantine else {
        refused += 1
        note(finding, "refused", "a file of a quarantine: --include-quarantine copies it")
        continue
      }
      guard finding.locator.archive == nil else {
        fail(finding, "it is a member of an archive: extract the archive, and unpack it")
        continue
      }
      let name = finding.locator.evidence
      guard let source = known[name] else {
        fail(finding, "its evidence is not in the case")
        continue
      }
      if source.description.kind == .image {
        inImages[name, default: []].append((index + 1, finding))
        continue
      }
      do throws(ItemProblem) {
        let content = try LiveContent.open(finding.locator.path, in: source.place)
        try copy(content, finding, rank: index + 1)
      } catch {
        fail(finding, error.message)
      }
    }
    for (name, wanted) in inImages.sorted(by: { $0.key < $1.key }) {
      extract(wanted, fromImage: known[name]?.place ?? name)
    }
    if let failure = writeFailure { throw failure }
  }

  private func extract(_ wanted: [(rank: Int, finding: Finding)], fromImage image: RawPath) {
    var options = ImageSource.Options()
    let states = Set(wanted.map(\.finding.locator.state))
    options.unallocated = states.isDisjoint(with: [.carved, .slack]) ? .none : .all
    let items = WantedItems(wanted.map(\.finding.locator))
    seen = []
    // Copied while the image is listed: its items are open only then.
    items.collect(from: ImageSource(image, options: options)) { index, item in
      let (rank, finding) = wanted[index]
      self.seen.insert(index)
      do throws(ItemProblem) {
        try self.copy(item.content.open(), finding, rank: rank)
      } catch {
        self.fail(finding, error.message)
      }
    }
    for index in wanted.indices where !seen.contains(index) {
      fail(wanted[index].finding, "it is no longer in the image")
    }
  }

  /// Findings that the listing of an image came by.
  private var seen: Set<Int> = []
  /// First failure to write, which ends the extraction.
  private var writeFailure: Failure?

  private func copy(_ content: any OpenContent, _ finding: Finding, rank: Int)
    throws(ItemProblem)
  {
    guard writeFailure == nil else { return }
    let name = ExtractionFolder.name(rank, of: finding.locator.path)
    let digests = DigestStream()
    var problem: ItemProblem?
    do {
      let file = try folder.create(name)
      let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: Self.pieceLength, alignment: 4096)
      defer { buffer.deallocate() }
      var offset: UInt64 = 0
      while offset < content.facts.size {
        let wanted = Int(min(UInt64(buffer.count), content.facts.size - offset))
        let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
        let count: Int
        do throws(ItemProblem) { count = try content.read(into: piece, at: offset) } catch {
          problem = error
          break
        }
        guard count > 0 else { break }
        let bytes = UnsafeRawBufferPointer(rebasing: piece[..<count])
        digests.update(bytes)
        try file.write(bytes)
        offset += UInt64(count)
      }
      try file.finish()
    } catch {
      writeFailure = error as? Failure ?? Failure("\(error)")
      return
    }
    if let problem {
      folder.remove(name)
      throw problem
    }
    let digest = digests.finish()
    let isSame = finding.isPartial || digest.sha256 == finding.digest.sha256
    sums += "\(Hexadecimal.text(of: digest.sha256))  \(name)\n"
    if isSame { copied += 1 } else { failed += 1 }
    note(
      finding, isSame ? "copied" : "different",
      isSame ? nil : "its content is not the one that was found: the evidence has changed",
      file: name, digest)
  }

  private func fail(_ finding: Finding, _ message: String) {
    failed += 1
    note(finding, "failed", message)
  }

  // MARK: Manifest

  private func note(
    _ finding: Finding, _ status: String, _ message: String?, file: String? = nil,
    _ digest: Digest? = nil
  ) {
    let locator = finding.locator
    func hexadecimal(_ bytes: [UInt8]?) -> JSON? { bytes.map { .string(Hexadecimal.text(of: $0)) } }
    let members: [(key: String, value: JSON?)] = [
      ("schema", .integer(1)), ("type", .string("extracted")), ("status", .string(status)),
      ("message", message.map(JSON.string)), ("file", file.map(JSON.string)),
      ("evidence", .string(locator.evidence.shown)),
      ("volume", locator.volume.map { .integer(Int64($0.index)) }),
      ("path", .string(locator.path.shown)),
      ("path_base64", locator.path.utf8 == nil ? JSON.base64(locator.path.bytes) : nil),
      ("stream", locator.stream.map { .string($0.shown) }),
      ("state", locator.state.map { .string($0.rawValue) }),
      ("item_id", .string(finding.itemID)), ("rule", .string(finding.attribution.rule)),
      ("product", finding.attribution.product.map(JSON.string)),
      ("size", .unsigned(finding.size)),
      ("found_sha256", finding.isPartial ? nil : hexadecimal(finding.digest.sha256)),
      ("md5", hexadecimal(digest?.md5)), ("sha1", hexadecimal(digest?.sha1)),
      ("sha256", hexadecimal(digest?.sha256)),
    ]
    manifest += JSON.object(members).line + "\n"
  }

  /// Writes manifest and sums.
  func finish() throws {
    for (name, text) in [("manifest.jsonl", manifest), ("SHA256SUMS", sums)] {
      let file = try folder.create(name)
      try Array(text.utf8).withUnsafeBytes { try file.write($0) }
      try file.finish()
    }
  }
}
