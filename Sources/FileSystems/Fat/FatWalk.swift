import Bytes
import Containers
import Evidence

/// Walk over the names of a FAT or exFAT file system: every name becomes an item, a problem or a
/// count.
final class FatWalk: DirectoryWalk {
  private let fileSystem: FatFileSystem
  private let geometry: FatGeometry
  let visitor: any FileSystemVisitor
  var ignored: [IgnoredKind: UInt32] = [:]
  var folders = FolderQueue()
  private var structures = ParsedStructures()
  /// Entries of the directories that wait, by their numbers.
  private var directories: [UInt64: FatEntry] = [:]
  /// First clusters of the directories in use that were read: no two share one.
  private var read = InodeSet()

  /// Number that The Sleuth Kit gives to the root directory.
  private static let root: UInt64 = 2

  init(_ fileSystem: FatFileSystem, _ visitor: any FileSystemVisitor) {
    self.fileSystem = fileSystem
    geometry = fileSystem.geometry
    self.visitor = visitor
  }

  func run() throws(ImageError) {
    // Virtual files of The Sleuth Kit in the root: $MBR, $FAT1, $FAT2, $OrphanFiles.
    ignore(.specialFiles, count: geometry.tables.count == 2 ? 4 : 3)
    try readBitmap()
    try listAll(from: Self.root)
    let start = fileSystem.volume.start
    structures.add(start, length: geometry.sectorSize * (geometry.variant == .exfat ? 12 : 1))
    for table in geometry.tables.sorted() {
      structures.add(start + table, length: geometry.tableLength)
    }
    try structures.report(to: visitor)
    try reportIgnored()
    try fileSystem.companion?.walkOrphans(visitor) { folders.reached.contains($0) }
  }

  // MARK: Directories

  func list(_ folder: Folder) throws(ImageError) {
    let path = folder.path
    let entry = directories.removeValue(forKey: folder.inode)
    guard let extents = try extents(of: entry, folder, path) else { return }
    structures.add(extents)
    let isFree = !folder.standing.isInUse
    if geometry.variant == .exfat {
      var parser = ExfatDirectory(geometry, isFree: isFree)
      try parse(extents, &parser, folder, path)
      try report(damaged: parser.damaged, folder, path)
    } else {
      var parser = FatDirectory(geometry, isFree: isFree)
      try parse(extents, &parser, folder, path)
      try report(damaged: parser.damaged, folder, path)
      if entry != nil, !parser.namesItself, folder.standing.isInUse {
        try lost(path, folder.standing, "the directory is damaged: it does not name itself")
      }
    }
  }

  private func report(damaged: Int, _ folder: Folder, _ path: RawPath) throws(ImageError) {
    guard damaged > 0 else { return }
    try lost(
      path, folder.standing, "the directory is damaged: \(damaged) of its entries are invalid")
  }

  /// Stored content of a directory; nil if there is nothing to read, which is accounted for. The
  /// root has no entry.
  private func extents(of entry: FatEntry?, _ folder: Folder, _ path: RawPath)
    throws(ImageError) -> [Extent]?
  {
    let start = fileSystem.volume.start
    let chain: FatChain
    if let entry {
      guard folder.standing.isInUse else { return deleted(entry) }
      guard geometry.contains(entry.first), read.insert(UInt64(entry.first)) else {
        if geometry.variant == .exfat, entry.size == 0 { return nil }
        try lost(
          path, folder.standing,
          geometry.contains(entry.first)
            ? "the directory's clusters belong to another directory"
            : "the directory's first cluster is not in the volume")
        return nil
      }
      chain = self.chain(ofDirectory: entry)
    } else {
      switch geometry.root {
      case .area(let offset, let length): return [Extent(offset: start + offset, length: length)]
      case .chain(let first):
        _ = read.insert(UInt64(first))
        chain = fileSystem.chain(from: first, limit: nil)
      }
    }
    if chain.ending != .whole {
      try lost(path, folder.standing, "damaged: \(chain.problem("directory"))")
    }
    let size = min(
      chain.count * geometry.clusterSize,
      geometry.variant == .exfat ? entry?.size ?? .max : .max)
    guard fileSystem.spendDirectoryBytes(size) else {
      try lost(path, folder.standing, "the directories are larger than the file system")
      return nil
    }
    return chain.extents(geometry, at: start, size: size)
  }

  private func chain(ofDirectory entry: FatEntry) -> FatChain {
    guard geometry.variant == .exfat else {
      return fileSystem.chain(from: entry.first, limit: nil)
    }
    return content(of: entry, clusters(entry.size))
  }

  private func clusters(_ size: UInt64) -> UInt64 {
    size / geometry.clusterSize + (size % geometry.clusterSize == 0 ? 0 : 1)
  }

  /// Content of a deleted directory: its length is lost, and only a first cluster that is free is
  /// still its own.
  private func deleted(_ entry: FatEntry) -> [Extent]? {
    guard fileSystem.table.isFree(entry.first) else { return nil }
    let wanted = geometry.variant == .exfat ? clusters(entry.size) : 1
    guard let chain = recovered(from: entry.first, wanted),
      fileSystem.spendDirectoryBytes(chain.count * geometry.clusterSize)
    else { return nil }
    return chain.extents(
      geometry, at: fileSystem.volume.start, size: chain.count * geometry.clusterSize)
  }

  private func parse(
    _ extents: [Extent], _ parser: inout some FatDirectoryParser, _ folder: Folder,
    _ path: RawPath
  ) throws(ImageError) {
    var entries = [FatEntry]()
    var unreadable = false
    for extent in extents {
      guard let place = extent.offset else { continue }
      var done: UInt64 = 0
      while done < extent.length {
        let count = Int(min(1 << 20, extent.length - done))
        let offset = place - fileSystem.volume.start + done
        read(at: offset, count: count, &unreadable) { bytes, offset in
          for entry in stride(from: 0, to: bytes.count - 31, by: 32) {
            parser.add(
              UnsafeRawBufferPointer(rebasing: bytes[entry..<(entry + 32)]),
              at: offset + UInt64(entry)
            ) { entries.append($0) }
          }
        }
        for entry in entries { try visit(entry, in: folder, path) }
        entries.removeAll(keepingCapacity: true)
        done += UInt64(count)
      }
    }
    parser.finish { entries.append($0) }
    for entry in entries { try visit(entry, in: folder, path) }
    if unreadable {
      try lost(path, folder.standing, "the directory is damaged: part of it cannot be read")
    }
  }

  /// Lends bytes of the volume, sector by sector around a place that cannot be read.
  private func read(
    at offset: UInt64, count: Int, _ unreadable: inout Bool,
    _ body: (UnsafeRawBufferPointer, UInt64) -> Void
  ) {
    if let bytes = try? fileSystem.volume.bytes(at: offset, count: count) {
      bytes.withUnsafeBytes { body($0, offset) }
      return
    }
    for start in stride(from: 0, to: count, by: 512) {
      let place = offset + UInt64(start)
      guard let bytes = try? fileSystem.volume.bytes(at: place, count: min(512, count - start))
      else {
        unreadable = true
        continue
      }
      bytes.withUnsafeBytes { body($0, place) }
    }
  }

  /// Reads the allocation bitmap of exFAT, which the root directory names.
  private func readBitmap() throws(ImageError) {
    guard geometry.variant == .exfat, case .chain(let first) = geometry.root else { return }
    var parser = ExfatDirectory(geometry, isFree: false)
    let chain = fileSystem.chain(from: first, limit: 1 << 12)
    var unreadable = false
    for extent in chain.extents(geometry, at: 0, size: chain.count * geometry.clusterSize) {
      let count = Int(min(extent.length, 1 << 20))
      read(at: extent.offset ?? 0, count: count, &unreadable) { bytes, offset in
        for entry in stride(from: 0, to: bytes.count - 31, by: 32) {
          let entry = UnsafeRawBufferPointer(rebasing: bytes[entry..<(entry + 32)])
          parser.add(entry, at: offset) { _ in }
        }
      }
      if parser.bitmap != nil { break }
    }
    guard let (place, length) = parser.bitmap,
      let bytes = try? fileSystem.volume.bytes(
        at: geometry.offset(of: place), count: Int(min(length, fileSystem.volume.size)))
    else {
      try visitor.report(
        ItemProblem(
          .unreadable,
          "the free-cluster map cannot be read: deleted files may be missing"), at: "/")
      fileSystem.table.setBitmap([])
      return
    }
    fileSystem.table.setBitmap(bytes)
  }

  // MARK: Files

  private func visit(_ entry: FatEntry, in folder: Folder, _ folderPath: RawPath)
    throws(ImageError)
  {
    let isInUse = folder.standing.isInUse && !entry.isFree
    let standing = isInUse ? Standing.allocated : Standing(.deleted)
    if let damage = entry.damage {
      try lost(folderPath.appending(RawPath(entry.name)), standing, damage)
    }
    if entry.isDirectory { directories[entry.inode] = entry }
    try visit(
      entry.inode, entry.isDirectory ? .directory : .file, named: RawPath(entry.name),
      in: folderPath, depth: folder.depth, standing
    ) { path throws(ImageError) in try pass(entry, at: path, standing) }
  }

  private func pass(_ entry: FatEntry, at path: RawPath, _ standing: Standing)
    throws(ImageError)
  {
    guard entry.size > 0 else { return try visit(entry, at: path, standing, size: 0, FatChain()) }
    let wanted = clusters(entry.size)
    guard standing.isInUse else {
      guard let chain = deletedContent(entry, wanted) else {
        return try lost(path, standing, "its clusters now belong to another file")
      }
      return try visit(entry, at: path, standing, size: entry.size, chain)
    }
    let chain = content(of: entry, wanted)
    guard chain.count > 0 else {
      return try lost(
        path, standing, "the content cannot be located: its first cluster is not in the volume")
    }
    let held = min(entry.size, chain.count * geometry.clusterSize)
    if held < entry.size {
      try lost(
        path, standing,
        "only \(held) of \(entry.size) bytes are available: \(chain.problem("file"))")
    } else if !entry.isContiguous, fileSystem.isAmbiguous(from: entry.first, limit: wanted) {
      try lost(
        path, standing, "the two allocation tables differ for it; the first one was used")
    }
    try visit(entry, at: path, standing, size: held, chain)
  }

  /// Clusters of a file in use, or of a directory of exFAT.
  private func content(of entry: FatEntry, _ wanted: UInt64) -> FatChain {
    guard entry.isContiguous else { return fileSystem.chain(from: entry.first, limit: wanted) }
    guard geometry.contains(entry.first) else { return FatChain() }
    let there = geometry.clusterCount - (UInt64(entry.first) - 2)
    var chain = FatChain(contiguous: entry.first, count: min(wanted, there))
    if there < wanted { chain.ending = .impossible }
    return chain
  }

  /// Clusters of a deleted file, whose chain is lost: the next free ones, as The Sleuth Kit takes
  /// them. If another file has the first one, a file of one cluster still gets it; nil for others.
  private func deletedContent(_ entry: FatEntry, _ wanted: UInt64) -> FatChain? {
    guard geometry.contains(entry.first) else { return nil }
    guard fileSystem.table.isFree(entry.first) else {
      return wanted == 1 ? FatChain(contiguous: entry.first, count: 1) : nil
    }
    return recovered(from: entry.first, wanted)
  }

  private func recovered(from first: UInt32, _ wanted: UInt64) -> FatChain? {
    var chain = FatChain()
    var next = first
    while chain.count < wanted {
      guard let cluster = fileSystem.table.firstFree(from: next), fileSystem.spendStep() else {
        return nil
      }
      chain.append(cluster)
      next = cluster &+ 1
    }
    return chain
  }

  private func visit(
    _ entry: FatEntry, at path: RawPath, _ standing: Standing, size: UInt64, _ chain: FatChain
  ) throws(ImageError) {
    let written = min(entry.written, size)
    var list = ExtentList()
    for extent in chain.extents(geometry, at: fileSystem.volume.start, size: written) {
      list.append(extent)
    }
    list.append(Extent(offset: nil, length: size - written))
    let unused = size % geometry.clusterSize
    try visitor.visit(
      FileEntry(
        path: path, address: .content(ofInode: entry.inode), size: size, state: standing.state,
        hasOtherPaths: false, times: entry.times,
        extents: list.all.count > FileExtents.maximumCount ? nil : list.all,
        slack: unused == 0 || written < size ? 0 : geometry.clusterSize - unused))
  }
}
