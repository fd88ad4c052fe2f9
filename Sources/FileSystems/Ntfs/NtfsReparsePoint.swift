import Bytes
import Evidence

/// A reparse point: a mark that hands a file to a filter driver, which may keep the content
/// elsewhere. Source of the tags: [MS-FSCC] 2.1.2.1.
struct NtfsReparsePoint {
  let tag: UInt32

  /// Reads the content of a `$REPARSE_POINT` attribute; nil if it is too short for a tag.
  init?(_ attribute: [UInt8]) {
    guard let tag = attribute.withUnsafeBytes({ $0.little(0, as: UInt32.self) }) else {
      return nil
    }
    self.tag = tag
  }

  /// Describes why the default stream is not the file's content; nil if it is, or if the file
  /// has none. `isStored` says whether every byte of the stream is on the disk.
  func problem(isStored: Bool) -> ItemProblem? {
    // A name surrogate, such as a symbolic link, refers to another name and has no content.
    guard tag & 0x2000_0000 == 0, !Self.special.contains(tag) else { return nil }
    switch tag {
    case 0x8000_0017:
      return Self.problem(
        "compressed by the Windows overlay filter (WOF), which is not supported yet")
    case 0x8000_0013:
      return Self.problem(
        "deduplicated: its content is in the volume's chunk store, which is not parsed; copy the file"
          + " on a Windows Server that has Data Deduplication, and scan the copy")
    case 0x8000_0007:
      return Self.problem(
        "its content is in the single instance store of the volume (SIS Common Store), which is not"
          + " resolved; the files there are scanned under their own names")
    case 0x8000_0008:
      return Self.problem(
        "its content is in a WIM file (WIMBoot), which is not parsed; scan the files that"
          + " wimlib-imagex extracts from it")
    case 0xC000_0004, 0x8000_0006, 0x8000_0005:
      return Self.problem(
        "moved to other storage by hierarchical storage management; recall the file, and scan"
          + " the copy")
    default: break
    }
    // These filters also mark files whose content is in place.
    guard !isStored else { return nil }
    switch tag & 0xFFFF_0FFF {
    case 0x9000_001A, 0x8000_0021:
      return Self.problem(
        "a placeholder of a cloud file (OneDrive and others) that is not completely on this disk;"
          + " download the file, and scan the copy")
    case 0x9000_001C:
      return Self.problem(
        "a placeholder of the Projected File System that is not completely on this disk; copy the"
          + " file where its provider runs, and scan the copy")
    case 0x8000_0018, 0x9000_0018:
      return Self.problem(
        "a placeholder in the layer of a Windows container that is not complete; scan the"
          + " layers below it")
    case 0x8000_001E:
      return Self.problem(
        "moved to the cloud by Azure File Sync; recall the file, and scan the copy")
    default:
      let number = String(tag, radix: 16, uppercase: true)
      return Self.problem(
        "a filter driver with the reparse tag 0x\(number) stores the content, which is not"
          + " complete here; copy the file on a system that has the driver, and scan the copy")
    }
  }

  /// Tags of files without content that are no name surrogates: NFS, APPEXECLINK, AF_UNIX,
  /// LX_FIFO, LX_CHR and LX_BLK.
  private static let special: Set<UInt32> = [
    0x8000_0014, 0x8000_001B, 0x8000_0023, 0x8000_0024, 0x8000_0025, 0x8000_0026,
  ]

  private static func problem(_ message: String) -> ItemProblem {
    ItemProblem(.unsupported, message)
  }
}
