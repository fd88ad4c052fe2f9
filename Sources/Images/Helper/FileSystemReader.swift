/// Who reads a file system: a reader of this project's own, or The Sleuth Kit.
enum FileSystemReader {
  /// TSK reads directories at a cost that grows with the square of their names, and not at all with clusters
  /// above 64 KiB.
  case ntfs(NtfsGeometry)
  /// TSK 4.11.1 cannot read trees of extents with several leaves, and loses the files in silence.
  case ext(ExtFileSystem)
  /// TSK does not read it.
  case xfs(XfsFileSystem)
  case sleuthKit
}

extension SleuthKitImage {
  /// The reader of a volume. Boot sectors and superblocks remain where another file
  /// system was made over them: TSK, which looks for all of them, decides where it knows.
  func fileSystemReader(at volume: VolumeAddress) throws(ImageError) -> FileSystemReader {
    guard volume.block == 0 else { return .sleuthKit }
    let own = try ownReaders(at: volume.start)
    guard !own.readers.isEmpty || own.refusal != nil else { return .sleuthKit }
    let kind: Kind
    do throws(ImageError) { kind = try self.kind(at: volume) } catch {
      // TSK cannot choose between two of them, or it knows too little of this one.
      guard !error.description.contains(" or "), own.readers.count < 2 else { throw error }
      guard let only = own.readers.first else { throw own.refusal ?? error }
      return only
    }
    return own.readers.first { reader in
      switch (kind, reader) {
      case (.ntfs, .ntfs), (.ext, .ext): true
      default: false
      }
    } ?? .sleuthKit
  }

  /// The readers of this project that find what they know at a byte of the image, and why one does not read
  /// what no other can, either.
  private func ownReaders(at start: UInt64) throws(ImageError) -> (
    readers: [FileSystemReader], refusal: ImageError?
  ) {
    var readers = [FileSystemReader]()
    var refusal: ImageError?
    if let geometry = try NtfsGeometry(reader, at: start) { readers.append(.ntfs(geometry)) }
    do throws(FileSystemError) {
      if let ext = try ExtFileSystem(reader, at: start) { readers.append(.ext(ext)) }
    } catch {
      // One with features that are not known here: TSK says what it can.
    }
    do throws(FileSystemError) {
      if let xfs = try XfsFileSystem(reader, at: start) { readers.append(.xfs(xfs)) }
    } catch {
      refusal = ImageError(XfsSuperblock.refusal(error))
    }
    return (readers, refusal)
  }
}
