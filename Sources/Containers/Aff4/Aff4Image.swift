import Bytes
import Evidence

/// Medium in an AFF4 container: the stream of its only image.
final class Aff4Image: MappedImage, ContainerFormat {
  let words: String
  let acquisition: Acquisition
  private let medium: any MappedImage

  var size: UInt64 { medium.size }
  var chunks: ChunkCounts { medium.chunks }

  /// Types of chunk streams, in the standard and before it.
  static let streamTypes = [Aff4Schema.base + "ImageStream", Aff4Schema.base + "image"]
  private static let mapTypes = [Aff4Schema.base + "Map", Aff4Schema.base + "map"]
  private static let imageTypes = [
    "Image", "DiskImage", "VolumeImage", "MemoryImage", "ContiguousImage", "DiscontiguousImage",
  ].map { Aff4Schema.base + $0 }

  init(_ file: ImageFile) throws(ImageError) {
    let volume = try Aff4Volume(file)
    let (image, stream) = try Self.stream(of: volume)
    var notes = [(UInt64, String)]()
    var digests = image.map(volume.digests) ?? []
    if volume.graph.types(stream).contains(where: Self.mapTypes.contains) {
      let map = try Aff4Map(volume, stream)
      notes = [
        (map.unknown, "bytes not acquired"), (map.unreadable, "bytes unreadable when acquired"),
        (UInt64(map.missingSegments), "segments missing"),
      ]
      medium = map
    } else {
      let stream = try Aff4Stream(volume, stream)
      notes = [(UInt64(stream.missingSegments), "segments missing")]
      medium = stream
    }
    for digest in volume.digests(stream) where !digests.contains(digest) { digests.append(digest) }
    words = notes.reduce("AFF4") { words, note in
      note.0 == 0 ? words : words + " (\(note.1): \(note.0))"
    }
    acquisition = Acquisition(digests: digests)
  }

  /// Stream of the container's image: the one that an image refers to, or the only one.
  private static func stream(of volume: Aff4Volume) throws(ImageError) -> (String?, String) {
    let path = volume.file.path
    let all = volume.graph.subjects
    func subjects(_ types: [String]) -> [String] {
      all.filter { volume.graph.types($0).contains(where: types.contains) }
    }
    if !subjects([Aff4Schema.base + "EncryptedStream"]).isEmpty { throw encrypted(path) }
    let images = subjects(imageTypes).filter {
      !volume.graph.values($0, Aff4Schema.dataStream).isEmpty
    }
    var streams = Set(
      images.flatMap { image in
        volume.graph.values(image, Aff4Schema.dataStream).map(\.text)
      }
    ).sorted()
    if streams.isEmpty { streams = subjects(mapTypes) }
    if streams.isEmpty { streams = subjects(streamTypes) }
    guard streams.count <= 1 else {
      throw ImageError(
        unsupported: path, "AFF4 container with \(streams.count) images")
    }
    guard let stream = streams.first else {
      throw ImageError(
        "\(path.shown): AFF4 container without a disk image, or older than the AFF4 standard; extract"
          + " its files with an AFF4 tool", .unsupported)
    }
    guard volume.graph.types(stream).contains(where: (mapTypes + streamTypes).contains),
      !volume.isElsewhere(stream)
    else {
      throw ImageError(unsupported: path, "part of a multi-file AFF4 image")
    }
    return (images.first, stream)
  }

  /// Error for streams that need a key.
  static func encrypted(_ path: RawPath) -> ImageError {
    ImageError(
      "\(path.shown): encrypted AFF4 image; decrypt it with the tool that made it", .encrypted)
  }

  func piece(at offset: UInt64) throws(ImageError) -> Piece { try medium.piece(at: offset) }
}

extension Aff4Image {
  static var formatName: String { "AFF4" }

  /// AFF4 is a Zip archive. URNs name its members, and its directory at the end lists the
  /// description.
  static func recognises(_ file: FormatProbe) throws(ImageError) -> Bool {
    guard file.begins(with: "PK\u{03}\u{04}") else { return false }
    let first = try file.file.bytes(at: 0, count: searched)
    let start = file.file.size - min(file.file.size, UInt64(searched))
    let last = try file.file.bytes(at: start, count: searched)
    return ["aff4:", "aff4%3A", description].contains(where: first.contains)
      || last.contains(description)
  }

  /// Member that describes the others.
  private static let description = "information.turtle"
  /// Number of bytes that are searched at the beginning and at the end.
  private static let searched = 70_000

  static func open(_ file: ImageFile, _ opening: inout ImageOpening) throws(ImageError)
    -> OpenedMedium
  {
    let image = try Aff4Image(file)
    return OpenedMedium(image, image.words)
  }
}
