import Evidence

/// A volume as the helper reads it: on the image, or a logical volume, which is a medium of its own. Outside everything
/// is told as bytes of the image.
struct HelperVolume {
  private let image: SleuthKitImage
  /// Its address for whoever asked.
  private let address: VolumeAddress
  /// Where its bytes lie on the image; nil if they lie as they are.
  private let logical: LogicalVolumeReader?

  /// A volume whose bytes lie in the image as they are.
  init(image: SleuthKitImage, address: VolumeAddress) {
    self.image = image
    self.address = address
    logical = nil
  }

  /// The logical volume of that number, from 1, on the physical volume that begins at a byte of the medium; nil if none
  /// begins there.
  init?(logical address: VolumeAddress, of medium: any ImageReader) throws(ImageError) {
    let bytes = VolumeBytes(medium, at: address.start, length: .max)
    guard let group = try LvmGroup(bytes) else { return nil }
    guard address.block <= UInt64(group.volumes.count) else {
      throw ImageError("there is no logical volume \(address.block)")
    }
    let volume = group.volumes[Int(address.block - 1)]
    guard volume.problem == nil, let reader = volume.reader(on: medium, at: address.start) else {
      throw ImageError(volume.problem?.message ?? "the logical volume lies nowhere")
    }
    image = try SleuthKitImage(reader)
    self.address = address
    logical = reader
  }

  /// Its address on `image`.
  private var inside: VolumeAddress { logical == nil ? address : VolumeAddress(start: 0) }

  /// What the file system is called.
  func fileSystemName() throws(ImageError) -> String { try image.fileSystemName(at: inside) }

  /// Sends the items.
  func walk(_ send: (HelperReply) throws(ImageError) -> Void) throws(ImageError) {
    guard let logical else { return try image.walk(address, send) }
    try image.walk(inside) { reply throws(ImageError) in
      guard case .item(let fields) = reply else { return try send(reply) }
      let entry: ItemEntry
      do throws(WireReader.Malformed) {
        var reader = WireReader(fields)
        entry = try ItemEntry(&reader)
      } catch {
        throw ImageError("an item that cannot be read")
      }
      try send(.item(entry.placed(by: logical, in: address)))
    }
  }

  /// Sends the runs that are allocated to nothing.
  func freeSpace(_ send: (Run) throws(ImageError) -> Void) throws(ImageError) {
    guard let logical else { return try image.freeSpace(address, send) }
    try image.freeSpace(inside) { run throws(ImageError) in
      // What lies behind the file system ends with the volume.
      let end = min(run.length, logical.size - min(run.offset, logical.size))
      for place in logical.places(of: Run(offset: run.offset, length: end)) { try send(place) }
    }
  }

  /// Part of a stream.
  func read(_ stream: StreamAddress, offset: UInt64, count: Int) throws(ImageError) -> [UInt8] {
    try image.read(
      StreamAddress(volume: inside, inode: stream.inode, type: stream.type, id: stream.id),
      offset: offset, count: count)
  }
}

extension LvmGroup.LogicalVolume {
  /// A reader of its bytes, on a medium on which its physical volume begins at `start`; nil if they lie nowhere.
  func reader(on medium: any ImageReader, at start: UInt64) -> LogicalVolumeReader? {
    var places = [Range<UInt64>]()
    for run in runs {
      let (end, overflow) = run.upperBound.addingReportingOverflow(start)
      guard !overflow, end <= UInt64(Int64.max) else { return nil }
      places.append((run.lowerBound + start)..<end)
    }
    return places.isEmpty ? nil : LogicalVolumeReader(medium, runs: places)
  }
}

extension ItemEntry {
  /// The same item, by the bytes of the image on which its volume lies.
  fileprivate func placed(by logical: LogicalVolumeReader, in volume: VolumeAddress) -> ItemEntry {
    var entry = self
    entry.address = StreamAddress(
      volume: volume, inode: address.inode, type: address.type, id: address.id)
    var list = ExtentList()
    for extent in extents ?? [] {
      guard let offset = extent.offset else {
        list.append(extent)
        continue
      }
      for place in logical.places(of: Run(offset: offset, length: extent.length)) {
        list.append(Extent(offset: place.offset, length: place.length))
      }
    }
    if extents != nil { entry.extents = list.all }
    return entry
  }
}
