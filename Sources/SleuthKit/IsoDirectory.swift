import Bytes
import FileSystems

/// Files of an ISO 9660 directory that have several extents: The Sleuth Kit lists each extent as a
/// file of its own. Source: ECMA-119, 9.1 (directory record), bit 7 of the flags: "the directory
/// record is not the final one of its file".
struct IsoDirectory {
  /// Extents of a file by the first byte of its first extent, relative to the volume.
  private(set) var files: [UInt64: File] = [:]
  /// Extents that are part of these files, and no files of their own.
  private(set) var continuations: Set<Extent> = []

  /// A file of several extents.
  struct File {
    var extents: [Extent]
    /// Whether its last record is there.
    var isWhole = false
  }

  private struct Record {
    let extent: Extent
    let name: ArraySlice<UInt8>
    let continues: Bool
  }

  /// Reads the content of a directory, in blocks of `blockSize` bytes.
  init(_ bytes: [UInt8], blockSize: UInt64) {
    var open: (first: UInt64, name: ArraySlice<UInt8>)?
    for record in Self.records(bytes, blockSize) {
      guard let place = record.extent.offset else { continue }
      if let file = open, file.name == record.name,
        files[file.first]?.extents.count ?? 0 < FileExtents.maximumCount
      {
        files[file.first]?.extents.append(record.extent)
        files[file.first]?.isWhole = !record.continues
        continuations.insert(record.extent)
        if !record.continues { open = nil }
      } else if record.continues {
        files[place] = File(extents: [record.extent])
        open = (place, record.name)
      } else {
        open = nil
      }
    }
  }

  private static func records(_ bytes: [UInt8], _ blockSize: UInt64) -> [Record] {
    bytes.withUnsafeBytes { buffer in
      var records = [Record]()
      var offset = 0
      while offset + 34 <= buffer.count {
        let length = Int(buffer[offset])
        // No record crosses a sector; zeros fill the rest of one.
        guard length >= 34, offset + length <= buffer.count else {
          offset = (offset / 2048 + 1) * 2048
          continue
        }
        let name = offset + 33..<(offset + 33 + Int(buffer[offset + 32]))
        if name.upperBound <= offset + length, let block: UInt32 = buffer.little(offset + 2),
          let size: UInt32 = buffer.little(offset + 10)
        {
          let place = (UInt64(block) + UInt64(buffer[offset + 1])) * blockSize
          records.append(
            Record(
              extent: Extent(offset: place, length: UInt64(size)), name: bytes[name],
              continues: buffer[offset + 25] & 0x82 == 0x80))
        }
        offset += length
      }
      return records
    }
  }
}
