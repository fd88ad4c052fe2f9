package import Containers

/// A volume that may lie somewhere, by a superblock of it that was found.
struct VolumeCandidate: Hashable, Sendable {
  /// Its first byte on the medium.
  let start: UInt64
  /// Length in bytes by its superblock; nil if it states none.
  let length: UInt64?
  /// Copies that replace lost structures at its start.
  var patches: [MediumPatch] = []
}

/// Bytes of a copy of a structure, which replace those of a medium.
package struct MediumPatch: Hashable, Sendable {
  /// The first byte that is replaced.
  package let offset: UInt64
  package let bytes: [UInt8]

  package init(offset: UInt64, bytes: [UInt8]) {
    self.offset = offset
    self.bytes = bytes
  }
}

/// A medium as it is with some bytes replaced: the evidence is not written to.
package final class PatchedMedium: Medium {
  private let medium: any Medium
  private let patches: [MediumPatch]

  package init(_ medium: any Medium, _ patches: [MediumPatch]) {
    self.medium = medium
    self.patches = patches
  }

  package var size: UInt64 { medium.size }
  package var chunks: ChunkCounts { medium.chunks }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64)
    throws(ImageError) -> Int
  {
    let count = try medium.read(into: buffer, at: offset)
    let end = offset + UInt64(count)
    for patch in patches {
      let from = max(patch.offset, offset)
      let until = min(patch.offset + UInt64(patch.bytes.count), end)
      guard from < until else { continue }
      for position in from..<until {
        buffer[Int(position - offset)] = patch.bytes[Int(position - patch.offset)]
      }
    }
    return count
  }

  package func place(of run: Range<UInt64>) -> (descriptor: Int32, offset: UInt64)? { nil }
}
