import Bytes
import Evidence

/// A VMDK (VMware, "Virtual Disk Format 5.0"): a descriptor, consecutive extents that are flat,
/// sparse or zeros, and a parent for data that a snapshot did not change.
final class VmdkImage: MappedImage, ContainerFormat {
  private let extents: [Extent]
  private let parent: (any Medium)?
  private let contentID: String
  let size: UInt64
  let words: String

  private struct Extent {
    let range: Range<UInt64>
    let content: Content

    enum Content {
      case flat(ImageFile, offset: UInt64)
      case sparse(VmdkSparseExtent)
      case zeros
    }
  }

  init(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError) {
    let head = try file.bytes(at: 0, count: 4)
    let descriptor: VmdkDescriptor?
    let extents: [Extent]
    if head.has("KDMV", at: 0) || head.has("COWD", at: 0) {
      // The embedded descriptor names this file as the only extent, perhaps by an earlier name.
      let extent = try VmdkSparseExtent(file)
      descriptor = extent.descriptor
      extents = [Extent(range: 0..<extent.size, content: .sparse(extent))]
    } else {
      let count = min(file.length, UInt64(VmdkDescriptor.maximumLength))
      let text = try VmdkDescriptor(try file.bytes(at: 0, count: Int(count)), in: file.path)
      descriptor = text
      extents = try Self.extents(text, file, &opening)
    }
    self.extents = extents
    size = extents.last?.range.upperBound ?? 0
    contentID = descriptor?.contentID ?? ""
    parent = try Self.parent(descriptor, file, &opening)
    words = Self.words(descriptor)
  }

  private static func words(_ descriptor: VmdkDescriptor?) -> String {
    let type =
      switch descriptor?.createType.lowercased() ?? "" {
      case "": "one extent"
      case "monolithicsparse": "sparse"
      case "monolithicflat": "flat"
      case "streamoptimized": "stream-optimised"
      case "twogbmaxextentsparse": "sparse, in several extents"
      case "twogbmaxextentflat": "flat, in several extents"
      case let other: other
      }
    return descriptor?.parentContentID == nil ? "VMDK (\(type))" : "VMDK (\(type), with a parent)"
  }

  // MARK: Extents

  private static func extents(
    _ descriptor: VmdkDescriptor, _ file: ImageFile, _ opening: inout ImageOpening
  ) throws(ImageError) -> [Extent] {
    guard !descriptor.extents.isEmpty else {
      throw ImageError(damaged: file.path, "its descriptor names no extent")
    }
    var extents = [Extent]()
    var start: UInt64 = 0
    // Several extents may be parts of one flat file.
    var flat = [RawPath: ImageFile]()
    for line in descriptor.extents where line.length > 0 {
      let range = start..<(start + line.length)
      start = range.upperBound
      let content: Extent.Content
      switch line.type {
      case "ZERO", "NOACCESS": content = .zeros
      case "FLAT", "VMFS":
        let path = try path(of: line, file)
        let opened: ImageFile
        if let known = flat[path] { opened = known } else { opened = try opening.file(path) }
        flat[path] = opened
        content = .flat(opened, offset: line.offset)
      case "SPARSE", "VMFSSPARSE":
        let sparse = try VmdkSparseExtent(try opening.file(try path(of: line, file)))
        guard sparse.size >= line.length else {
          throw ImageError(damaged: file.path, "an extent is shorter than its descriptor says")
        }
        content = .sparse(sparse)
      default:
        throw ImageError(unsupported: file.path, "VMDK with an extent of type \(line.type)")
      }
      extents.append(Extent(range: range, content: content))
    }
    return extents
  }

  private static func path(of line: VmdkDescriptor.Extent, _ file: ImageFile) throws(ImageError)
    -> RawPath
  {
    guard let name = line.name else {
      throw ImageError(damaged: file.path, "an extent has no name")
    }
    return try NamedFile.find(name, namedBy: file.path, role: "its extent")
  }

  // MARK: Parents

  private static func parent(
    _ descriptor: VmdkDescriptor?, _ file: ImageFile, _ opening: inout ImageOpening
  ) throws(ImageError) -> (any Medium)? {
    guard let expected = descriptor?.parentContentID else { return nil }
    guard let name = descriptor?.parentName, !name.isEmpty else {
      throw ImageError(damaged: file.path, "it names no parent")
    }
    let path = try NamedFile.find(name, namedBy: file.path, role: "its parent")
    let parent = try opening.parent(path)
    guard let disk = parent as? VmdkImage, disk.contentID == expected else {
      throw ImageError(
        "\(file.path.shown): its parent \(path.shown) is another disk, or was changed after the"
          + " snapshot; scan the parent by itself, or put the right one beside the image")
    }
    return parent
  }

  // MARK: Reading

  var chunks: ChunkCounts {
    extents.reduce(parent?.chunks ?? ChunkCounts()) { sum, extent in
      if case .sparse(let sparse) = extent.content { sum + sparse.chunks } else { sum }
    }
  }

  func piece(at offset: UInt64) throws(ImageError) -> Piece {
    let extent = extent(of: offset)
    let inside = offset - extent.range.lowerBound
    let rest = extent.range.upperBound - offset
    switch extent.content {
    case .zeros: return Piece(.zeros, length: rest)
    case .flat(let file, let start): return Piece(.file(file, at: start + inside), length: rest)
    case .sparse(let sparse):
      let (content, length) = try sparse.piece(at: inside)
      let count = min(length, rest)
      guard let content else { return Piece(below: parent, at: offset, length: count) }
      return Piece(content, length: count)
    }
  }

  /// Extent at an offset inside the medium.
  private func extent(of offset: UInt64) -> Extent {
    let index = extents.partitionPoint { $0.range.upperBound > offset }
    return extents[min(index, extents.count - 1)]
  }
}

extension VmdkImage {
  static var formatName: String { "VMDK" }

  static func recognises(_ file: FormatProbe) -> Bool {
    file.begins(with: "KDMV", "COWD", "# Disk DescriptorFile")
  }

  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    let image = try VmdkImage(file, &opening)
    return OpenedMedium(image, image.words)
  }
}
