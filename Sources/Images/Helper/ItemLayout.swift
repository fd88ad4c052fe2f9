import Evidence

/// Location fields of an entry, read without its names.
struct ItemLayout {
  let state: AllocationState
  let isInternal: Bool
  /// Stored parts of the content on the medium, in the order of the content.
  var stored: [Range<UInt64>] = []
  /// Whether all of the content is stored on the medium, without holes.
  var isDense = true
  let slack: UInt64
}
