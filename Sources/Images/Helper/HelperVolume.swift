import Containers
import Evidence
import FileSystems
import HelperProcesses
import SleuthKit
import Volumes

/// An image opened by a helper, with its opened file systems.
final class HelperImage {
  let reader: any Medium
  private let sleuthKit: SleuthKitImage
  private var logicalVolumes: [VolumeAddress: HelperVolume] = [:]
  private let recent = RecentVolume()

  init(_ reader: any Medium) throws(ImageError) {
    self.reader = reader
    sleuthKit = try SleuthKitImage(reader)
  }

  /// Volumes of the partition table, read with this sector size in bytes; empty without a table.
  func partitions(sectorSize: UInt32) -> [VolumeEntry] { sleuthKit.volumes(sectorSize: sectorSize) }

  /// Volumes of the APFS container that begins at a byte of the image.
  func containedVolumes(at container: UInt64) throws(ImageError) -> [ContainedVolume] {
    try sleuthKit.container(at: container).volumes()
  }

  /// Returns the volume at an address; a logical volume is opened once.
  func volume(at address: VolumeAddress) throws(ImageError) -> HelperVolume {
    let ordinary = HelperVolume(image: sleuthKit, address: address, recent)
    guard address.block != 0 else { return ordinary }
    if let open = logicalVolumes[address] { return open }
    guard let volume = try HelperVolume(logical: address, of: reader, recent) else {
      return ordinary
    }
    logicalVolumes[address] = volume
    return volume
  }
}

/// The file system whose streams were read last: opening one reads its superblocks, and streams
/// are read in pieces.
private final class RecentVolume {
  private var opened: (address: VolumeAddress, fileSystem: any FileSystem)?

  func fileSystem(at address: VolumeAddress, open: () throws(ImageError) -> any FileSystem)
    throws(ImageError) -> any FileSystem
  {
    if let opened, opened.address == address { return opened.fileSystem }
    let fileSystem = try open()
    opened = (address, fileSystem)
    return fileSystem
  }
}

/// A volume as read by the helper: on the image, or a logical volume, which is a separate
/// medium. All addresses passed outside are in bytes of the image.
struct HelperVolume {
  private let image: SleuthKitImage
  /// Address used by the parent.
  private let address: VolumeAddress
  /// Mapping of its bytes to the image; nil if they are contiguous there.
  private let logical: LogicalVolumeReader?
  private let recent: RecentVolume

  /// Creates a volume that is contiguous in the image.
  fileprivate init(image: SleuthKitImage, address: VolumeAddress, _ recent: RecentVolume) {
    self.image = image
    self.recent = recent
    self.address = address
    logical = nil
  }

  /// Opens the logical volume of that number, from 1, on the physical volume that begins at a
  /// byte of the medium; nil if none begins there.
  fileprivate init?(
    logical address: VolumeAddress, of medium: any Medium, _ recent: RecentVolume
  ) throws(ImageError) {
    self.recent = recent
    let bytes = VolumeBytes(medium, at: address.start, length: .max)
    guard let group = try LvmGroup(bytes) else { return nil }
    guard address.block <= UInt64(group.volumes.count) else {
      throw ImageError("logical volume \(address.block) does not exist")
    }
    let volume = group.volumes[Int(address.block - 1)]
    guard volume.problem == nil, let reader = volume.reader(on: medium, at: address.start) else {
      throw ImageError(volume.problem?.message ?? "the logical volume has no extents")
    }
    image = try SleuthKitImage(reader)
    self.address = address
    logical = reader
  }

  /// Address in `image`.
  private var inside: VolumeAddress { logical == nil ? address : VolumeAddress(start: 0) }

  /// Opens the file system with one of our readers, or with The Sleuth Kit, which alone supports
  /// volumes of a container.
  func open() throws(FileSystemRefusal) -> any FileSystem {
    let inside = inside
    guard inside.block == 0 else { return try image.open(inside) }
    return try FileSystemReaders.open(image.reader, at: inside.start) {
      () throws(FileSystemRefusal) in try image.open(inside)
    }
  }

  /// Like ``open()``, for requests that are refused like any other.
  private func fileSystem() throws(ImageError) -> any FileSystem {
    do throws(FileSystemRefusal) { return try open() } catch {
      throw ImageError(error.description)
    }
  }

  private func sleuthKit() throws(ImageError) -> SleuthKitFileSystem {
    do throws(FileSystemRefusal) { return try image.open(inside) } catch {
      throw ImageError(error.description)
    }
  }

  /// Sends the items.
  func walk(_ send: (HelperReply) throws(ImageError) -> Void) throws(ImageError) {
    let fileSystem = try fileSystem()
    try withoutActuallyEscaping(send) { send throws(ImageError) in
      try fileSystem.walk(
        WalkReplies(
          of: address, logical, number: { try? sleuthKit().number(ofStream: $0, entry: $1) }, send))
    }
  }

  /// Sends the unallocated runs.
  func freeSpace(_ send: (Run) throws(ImageError) -> Void) throws(ImageError) {
    let place = { (run: Run) throws(ImageError) in
      guard let logical else { return try send(run) }
      // The space behind the file system ends with the volume.
      let end = min(run.length, logical.size - min(run.offset, logical.size))
      for place in logical.places(of: Run(offset: run.offset, length: end)) { try send(place) }
    }
    guard try !fileSystem().forEachFreeRun(place) else { return }
    _ = try sleuthKit().forEachFreeRun(place)
  }

  /// Reads part of a stream.
  func read(_ stream: StreamAddress, offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
    let count = min(count, Frame.maximumLength - 1)
    let fileSystem = try recent.fileSystem(at: address) { () throws(ImageError) in
      try self.fileSystem()
    }
    if let bytes = try fileSystem.read(stream, offset: offset, count: count) { return bytes }
    return try sleuthKit().read(stream, offset: offset, count: count)
  }
}
