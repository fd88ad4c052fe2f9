import Bytes
import Evidence

/// Reads ZIP archives of the ordinary form and the resources of programs itself, and all others in a helper process.
final class FormatReader: ArchiveReader {
  private let helper: HelperArchiveReader
  private var zip: ZipReader?

  init(_ helper: [RawPath]) { self.helper = HelperArchiveReader(helper) }

  func list(
    _ archive: Archive, in content: any OpenContent, within limits: ArchivePatience,
    excludes: (RawSpan, UInt64?) -> Bool, _ receive: (ListedMember) -> Bool
  ) throws(ItemProblem) {
    if archive.kind == .resources {
      return try ProgramReader(content).list(within: limits, receive)
    }
    guard let directory = try directory(of: archive, in: content) else {
      return try helper.list(archive, in: content, within: limits, excludes: excludes, receive)
    }
    try zip!.list(directory, in: content, within: limits, excludes: excludes, receive)
  }

  func unpack(
    _ members: [UInt64], upTo limit: UInt64, of archive: Archive, in content: any OpenContent,
    within limits: ArchivePatience, _ receive: (UInt64, [UInt8], ItemProblem?) -> Bool
  ) throws(ItemProblem) {
    if archive.kind == .resources {
      return try ProgramReader(content).unpack(members, upTo: limit, within: limits, receive)
    }
    guard let directory = try directory(of: archive, in: content) else {
      return try helper.unpack(
        members, upTo: limit, of: archive, in: content, within: limits, receive)
    }
    try zip!.unpack(members, upTo: limit, of: directory, in: content, within: limits, receive)
  }

  private func directory(of archive: Archive, in content: any OpenContent) throws(ItemProblem)
    -> ZipDirectory?
  {
    guard archive.kind == .zip, let directory = try ZipDirectory(of: archive, in: content) else {
      return nil
    }
    if zip == nil { zip = ZipReader() }
    return directory
  }
}
