public import Bytes
public import Evidence

/// The formats of archives that this package reads: ZIP and the resources of programs itself, and the others with
/// libarchive in helper processes.
public struct Archives: ArchiveSupport {
  /// Command that starts a helper.
  public var helper: [RawPath]

  /// Creates support with the helper that this program serves as: ``ArchiveHelper/runIfRequested()``.
  public init(helper: [RawPath] = ArchiveHelper.ownCommand) { self.helper = helper }

  /// Whether the first bytes are those of an archive, or more must be read to know.
  public func mayBeArchive(_ head: RawSpan, size: UInt64) -> Bool {
    ArchiveSignature.mayBe(head, size: size)
  }

  /// A reader with a helper process of its own.
  public func reader() -> any ArchiveReader { FormatReader(helper) }

  /// The version of libarchive.
  public var libraries: [String: String] { ["libarchive": LibArchive.version] }

  /// Why archives are not opened that are recognised only.
  public func refusal(of kind: ArchiveKind) -> ItemProblem? {
    switch kind {
    case .nsis: Self.unsupported("NSIS setup programs")
    case .innoSetup: Self.unsupported("Inno Setup programs")
    case _ where kind.isDiskImage:
      ItemProblem(
        .unsupported, "it is a disk image; scan it as a target of its own (--as image)")
    default: nil
    }
  }

  private static func unsupported(_ what: String) -> ItemProblem {
    ItemProblem(
      .unsupported, "the members of \(what) are not read; unpack it with another tool and scan them"
    )
  }

  /// The archive in a content, by its own bytes alone.
  public func archive(in content: any OpenContent, _ head: RawSpan) throws(ItemProblem) -> Archive?
  {
    try Self.archive(in: content, head, depth: 0)
  }

  /// The archive in a content that is in `depth` programs.
  static func archive(in content: any OpenContent, _ head: RawSpan, depth: Int)
    throws(ItemProblem) -> Archive?
  {
    let size = content.facts.size
    switch ArchiveSignature(head, size: size) {
    case .whole(let kind): return Archive(kind: kind, range: 0..<size)
    case .program(let overlay, let hasResources):
      let behind = overlay == nil ? nil : try Self.archive(behind: content, head)
      // What is behind the program is named as what it is, if it cannot be opened.
      guard hasResources, behind.map({ $0.kind != .nsis && $0.kind != .innoSetup }) ?? true else {
        return behind
      }
      let resources = try ProgramResources(of: content, head, depth: depth)
      guard !resources.archives.isEmpty || resources.isCut else { return behind }
      return Archive(kind: .resources, range: 0..<size)
    case .compoundFile(let root):
      guard size > root, let entry = try Self.bytes(of: content, at: root..<size),
        [0x82, 0x84, 0x86].contains(entry.span.bytes.little(80, as: UInt8.self)),
        entry.span.bytes.begins(with: Self.installer, at: 81)
      else { return nil }
      return Archive(kind: .msi, range: 0..<size)
    case .disc:
      let range = ArchiveSignature.discIdentifier..<size
      guard let mark = try Self.bytes(of: content, at: range), mark.span.bytes.begins(with: "CD001")
      else { return nil }
      return Archive(kind: .iso, range: 0..<size)
    case nil: return nil
    }
  }

  /// The archive behind the sections of a program.
  static func archive(behind content: any OpenContent, _ head: RawSpan) throws(ItemProblem)
    -> Archive?
  {
    guard let range = ProgramHeader(head)?.overlay(head, size: content.facts.size),
      let bytes = try bytes(of: content, at: range)
    else { return nil }
    return archive(inOverlay: bytes, range)
  }

  /// Class of the root of a setup package, {000C1084-0000-0000-C000-000000000046}, behind its first byte, which differs
  /// for patches and transforms.
  private static let installer: [UInt8] = [
    0x10, 0x0C, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0x46,
  ]

  /// The archive in the bytes behind a program: at their start, or behind the configuration of a 7-Zip module.
  private static func archive(inOverlay bytes: [UInt8], _ range: Range<UInt64>) -> Archive? {
    // "Nullsoft" setup programs have this behind their flags (firstheader in fileform.h).
    if bytes.span.bytes.begins(with: [0xEF, 0xBE, 0xAD, 0xDE], at: 4) {
      return Archive(kind: .nsis, range: range)
    }
    if bytes.span.bytes.begins(with: "idska32\u{1A}") || bytes.span.bytes.begins(with: "zlb\u{1A}")
    {
      return Archive(kind: .innoSetup, range: range)
    }
    for offset in bytes.indices where bytes.count - offset >= 8 {
      guard [0x50, 0x37, 0x4D, 0x52].contains(bytes[offset]),
        let kind = ArchiveKind(beginning: bytes.span.bytes.extracting(offset...))
      else { continue }
      return Archive(kind: kind, range: (range.lowerBound + UInt64(offset))..<range.upperBound)
    }
    return nil
  }

  /// First bytes of a range; nil if they are not there.
  static func bytes(of content: any OpenContent, at range: Range<UInt64>)
    throws(ItemProblem) -> [UInt8]?
  {
    let count = min(range.upperBound - range.lowerBound, UInt64(ArchiveSignature.headSize))
    let bytes = try content.bytes(at: range.lowerBound, count: Int(count))
    return bytes.isEmpty ? nil : bytes
  }
}

extension OpenContent {
  /// Bytes from `offset`, fewer than `count` only at the end.
  func bytes(at offset: UInt64, count: Int) throws(ItemProblem) -> [UInt8] {
    var problem: ItemProblem?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      do throws(ItemProblem) {
        filled = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
      } catch {
        problem = error
      }
    }
    if let problem { throw problem }
    return bytes
  }
}
