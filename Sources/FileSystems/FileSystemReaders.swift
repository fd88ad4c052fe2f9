package import Containers
package import Volumes

/// File system readers, and the choice among them.
package enum FileSystemReaders {
  /// Our own readers, in the order in which they are tried. The Sleuth Kit is tried last but also
  /// confirms the others: see ``open(_:at:other:)``.
  ///
  /// NTFS: TSK's cost of reading a directory grows with the square of its names, and TSK does not
  /// support clusters above 64 KiB. ext: TSK 4.11.1 cannot read extent trees with several leaves,
  /// and loses such files silently. XFS: TSK does not support it. FAT and exFAT: TSK silently passes
  /// over names that it does not expect, and reads only one allocation table.
  static var all: [any RecognisedFileSystem.Type] {
    [NtfsFileSystem.self, ExtFileSystem.self, XfsFileSystem.self, FatFileSystem.self]
  }

  /// Opens the file system of a volume that begins at a byte of the medium. `other` opens it with
  /// The Sleuth Kit, which recognises formats that none of our readers does. Boot sectors and
  /// superblocks remain after another file system was created over them, so if The Sleuth Kit
  /// opens something, its type decides.
  package static func open(
    _ medium: any Medium, at start: UInt64,
    other: () throws(FileSystemRefusal) -> any FileSystem
  ) throws(FileSystemRefusal) -> any FileSystem {
    let (found, refusal) = recognised(medium, at: start)
    let opened: any FileSystem
    do throws(FileSystemRefusal) { opened = try other() } catch {
      // TSK cannot choose between two file systems, or does not support this one.
      if case .ambiguous = error { throw error }
      guard found.count < 2 else { throw error }
      guard let only = found.first else { throw refusal ?? error }
      return only
    }
    guard let own = found.first(where: { type(of: $0).typeNames.contains(opened.typeName) }) else {
      return opened
    }
    own.accompany(opened)
    return own
  }

  /// Our readers that recognise their format at a byte of the medium, and why the first that
  /// refuses to read it does so.
  static func recognised(_ medium: any Medium, at start: UInt64) -> (
    found: [any RecognisedFileSystem], refusal: FileSystemRefusal?
  ) {
    var found = [any RecognisedFileSystem]()
    var refusal: FileSystemRefusal?
    for reader in all {
      do throws(FileSystemError) {
        if let fileSystem = try reader.open(medium, at: start) { found.append(fileSystem) }
      } catch {
        refusal = refusal ?? .unread(format: reader.formatName, because: error.description)
      }
    }
    return (found, refusal)
  }
}
