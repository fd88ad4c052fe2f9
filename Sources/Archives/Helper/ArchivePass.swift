import Evidence

/// One pass over the members of an archive, from the first to the last, in a helper.
protocol ArchivePass: AnyObject {
  /// Goes to the next member; false at the end.
  func next() throws(ItemProblem) -> Bool

  /// Description of the current member, without its bytes.
  func member(_ index: UInt64) -> ArchiveMember

  /// Lends the bytes of the current member in pieces, up to `limit`. The problem says why there are not more, or why
  /// they are not those that were packed. `isExact` has it look whether a member ends exactly at the limit.
  func read(upTo limit: UInt64, isExact: Bool, _ body: (UnsafeRawBufferPointer) -> Void) -> (
    end: PassEnd, problem: ItemProblem?
  )
}

/// Where reading a member has ended.
enum PassEnd {
  /// At its end.
  case whole
  /// At the limit: there is more, or may be.
  case cut
  /// At an error.
  case failed
}

extension ArchiveKind {
  /// A pass over an archive of this kind. The parent has recognised it.
  func pass(over bytes: ArchiveBytes) throws(ItemProblem) -> any ArchivePass {
    switch self {
    case .msi: try CompoundFile(bytes)
    default: try LibArchive(self, bytes)
    }
  }
}
