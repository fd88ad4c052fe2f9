/// Who reads a file system: a reader of this project's own, or The Sleuth Kit.
enum FileSystemReader {
  /// TSK reads directories at a cost that grows with the square of their names, and not at all with clusters
  /// above 64 KiB.
  case ntfs(NtfsGeometry)
  /// TSK 4.11.1 cannot read trees of extents with several leaves, and loses the files in silence.
  case ext(ExtFileSystem)
  case sleuthKit
}

extension SleuthKitImage {
  /// The reader of a volume. Boot sectors and superblocks remain where another file
  /// system was made over them: TSK, which looks for all of them, decides where it knows.
  func fileSystemReader(at volume: VolumeAddress) throws(ImageError) -> FileSystemReader {
    guard volume.block == 0 else { return .sleuthKit }
    let geometry = try NtfsGeometry(reader, at: volume.start)
    let ext: ExtFileSystem?
    do throws(ExtError) { ext = try ExtFileSystem(reader, at: volume.start) } catch {
      // One with features that are not known here: TSK says what it can.
      ext = nil
    }
    guard geometry != nil || ext != nil else { return .sleuthKit }
    let kind: Kind
    do throws(ImageError) { kind = try self.kind(at: volume) } catch {
      // TSK cannot choose between two of them, or it knows too little of this one.
      guard !error.description.contains(" or "), (geometry != nil) != (ext != nil) else {
        throw error
      }
      kind = geometry != nil ? .ntfs : .ext
    }
    return switch (kind, geometry, ext) {
    case (.ntfs, let geometry?, _): .ntfs(geometry)
    case (.ext, _, let ext?): .ext(ext)
    default: .sleuthKit
    }
  }
}
