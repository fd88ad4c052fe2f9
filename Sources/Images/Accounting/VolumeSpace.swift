import Bytes
import Evidence

/// Classification of a volume's bytes, until the medium is accounted for.
struct VolumeSpace {
  /// Owners of the bytes.
  var owners = SpaceOwners()
  /// Result of carving unowned space.
  var carved = MediumSpace.Carved(wasSearched: false)
  /// Unallocated bytes according to the file system's own map.
  var free: [Range<UInt64>] = []
  /// Whether that map was read.
  var isMapped = false
  /// Whether everything allocated was listed.
  var isListed = false

  /// Merges the result of another volume in the same bytes: only facts known of both are kept.
  mutating func merge(_ other: VolumeSpace) {
    owners.merge(other.owners)
    carved.add(other.carved)
    free += other.free
    isMapped = isMapped && other.isMapped
    isListed = isListed && other.isListed
  }
}
