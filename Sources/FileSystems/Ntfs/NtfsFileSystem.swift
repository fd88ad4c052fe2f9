import Containers
import Evidence

/// An NTFS file system opened by its boot sector; its master file table is read on demand.
final class NtfsFileSystem: RecognisedFileSystem {
  static let typeNames = ["ntfs"]
  static let formatName = "NTFS"

  private let medium: any Medium
  private let geometry: NtfsGeometry
  /// Table for reading compressed streams, and the stream read last.
  private var table: NtfsTable?
  private var stream: (address: StreamAddress, content: NtfsCompressedStream)?

  init?(_ medium: any Medium, at start: UInt64) throws(FileSystemError) {
    do throws(ImageError) {
      guard let geometry = try NtfsGeometry(medium, at: start) else { return nil }
      self.geometry = geometry
    } catch {
      throw .unreadable(error.description)
    }
    self.medium = medium
  }

  static func open(_ medium: any Medium, at start: UInt64) throws(FileSystemError)
    -> (any RecognisedFileSystem)?
  {
    try NtfsFileSystem(medium, at: start)
  }

  var typeName: String { "ntfs" }

  func walk(_ visitor: any FileSystemVisitor) throws(ImageError) {
    try NtfsWalk(try NtfsTable(medium, geometry), visitor).run()
  }

  func forEachFreeRun(_ body: (Run) throws(ImageError) -> Void) throws(ImageError) -> Bool {
    try NtfsTable(medium, geometry).forEachFreeRun(body)
    return true
  }

  func read(_ address: StreamAddress, offset: UInt64, count: Int) throws(ImageError) -> [UInt8]? {
    let table: NtfsTable
    if let known = self.table { table = known } else { table = try NtfsTable(medium, geometry) }
    self.table = table
    if let stream, stream.address == address {
      return try stream.content.bytes(at: offset, count: count, table)
    }
    guard let content = try compressed(address, table) else { return nil }
    stream = (address, content)
    return try content.bytes(at: offset, count: count, table)
  }

  /// The compressed stream at an address; nil if it is none, or if several of a file with an
  /// attribute list may be meant: its streams are numbered by The Sleuth Kit.
  private func compressed(_ address: StreamAddress, _ table: NtfsTable) throws(ImageError)
    -> NtfsCompressedStream?
  {
    var record = [UInt8](repeating: 0, count: geometry.recordSize)
    guard address.type == NtfsAttribute.Kind.data,
      try table.read(address.inode, into: &record) == .whole
    else { return nil }
    var attributes = NtfsAttributes()
    attributes.add(record, entry: address.inode)
    let hasList = try attributes.addListed(table, of: address.inode)
    let streams = attributes.streams(of: NtfsAttribute.Kind.data).filter {
      hasList || $0.attribute.identifier == address.id
    }
    guard let only = streams.first, streams.count == 1 else { return nil }
    return NtfsCompressedStream(only, geometry)
  }
}
