import Bytes
package import Containers
import Evidence

/// Finds the volumes of a medium and their types. A separate helper opens each file system: one
/// that hangs affects only its volume.
package struct VolumeProbe {
  private let medium: any Medium
  private let opener: any VolumeOpener

  package init(medium: any Medium, opener: any VolumeOpener) {
    self.medium = medium
    self.opener = opener
  }

  /// Volumes in the order of the partition table, then those that no table names; the medium as
  /// one volume if there is none.
  package func volumes() throws(VolumeFailure) -> [ImageVolume] {
    var named = try namedVolumes()
    named += discOfPartitions(besides: named)
    let whole = ByteRanges([0..<medium.size], limit: medium.size)
    var volumes = named
    for range in whole.subtracting(ByteRanges(named.map(\.volume.range), limit: medium.size)).ranges
    {
      volumes += lostVolumes(in: range, index: volumes.count)
    }
    // A partition of unknown content may contain volumes: slices, dynamic disks, remnants.
    for volume in named where volume.isUnknown {
      let room = volume.volume.range.clamped(to: 0..<medium.size)
      let inside = lostVolumes(in: room, index: volumes.count - 1)
      guard !inside.isEmpty else { continue }
      volumes.removeAll { $0 == volume }
      volumes += inside
    }
    return volumes.map { $0.reporting(end: medium.size) }
  }

  /// The volumes that lie in a range of the medium and that no table names, in order.
  private func lostVolumes(in range: Range<UInt64>, index: Int) -> [ImageVolume] {
    let search = LostVolumes(medium: medium)
    var found = [ImageVolume]()
    var position = range.lowerBound
    var floor = range.lowerBound
    var attempts = 0
    while found.count < Self.maximumLost, attempts < Self.maximumAttempts,
      let next = search.first(from: position, in: range, floor: floor)
    {
      position = next.next
      attempts += 1
      guard let volumes = lostVolume(next.candidate, in: range, index: index + found.count),
        let end = volumes.first?.volume.range.upperBound
      else { continue }
      found += volumes
      position = max(position, end)
      floor = max(floor, end)
    }
    return found
  }

  /// Limit of volumes found on one medium.
  private static let maximumLost = 128
  /// A process is started for each sector that looks like a superblock.
  private static let maximumAttempts = 512

  /// The file system of a superblock; nil if it only looks like one.
  private func lostVolume(_ candidate: VolumeCandidate, in range: Range<UInt64>, index: Int)
    -> [ImageVolume]?
  {
    let room = range.upperBound - min(candidate.start, range.upperBound)
    let length = candidate.length ?? room
    // A volume longer than the medium was truncated with it; elsewhere, too long a volume is a coincidence.
    guard length >= 4096, room >= 4096, length <= room || range.upperBound == medium.size else {
      return nil
    }
    opener.replace { $0 += candidate.patches }
    let entry = VolumeEntry(start: candidate.start, length: length, label: LostVolumes.label)
    // Carve false positives with the gap. Volumes that are encrypted, or on which a helper
    // failed, are reported.
    let volumes = probe(entry, index: index)
      .filter { $0.problem?.reason != .unsupported || $0.volume.type != entry.label }
    guard !volumes.isEmpty else {
      opener.replace { $0.removeAll { candidate.patches.contains($0) } }
      return nil
    }
    return volumes
  }

  /// The file system of an optical disc that has a partition table besides: both name files.
  private func discOfPartitions(besides named: [ImageVolume]) -> [ImageVolume] {
    guard !named.contains(where: { $0.volume.start == 0 }),
      let head = try? medium.bytes(at: 32_768, count: 84), head.count == 84,
      Array(head[0..<6]) == [1] + Array("CD001".utf8)
    else { return [] }
    let blocks = head.withUnsafeBytes { $0.little(80, as: UInt32.self) ?? 0 }
    let length = min(max(UInt64(blocks) * 2048, 36_864), medium.size)
    return probe(VolumeEntry(start: 0, length: length, label: "ISO 9660"), index: named.count)
      .filter { $0.problem == nil }
  }

  /// Volumes of the partition table; the medium as one volume if there is none, or none that can
  /// be read.
  private func namedVolumes() throws(VolumeFailure) -> [ImageVolume] {
    var volumes = probe(try opener.partitions(sectorSize: 512))
    guard volumes.isEmpty || volumes.allSatisfy({ $0.problem?.reason.isSkip ?? false }) else {
      return volumes
    }
    // An MBR does not say how large its sectors are: disks of 4096 bytes a sector exist, bare and in enclosures. Maps of
    // discs have 2048.
    for size in [4096, 2048] as [UInt32] {
      let others = probe(try opener.partitions(sectorSize: size))
      if others.contains(where: { $0.problem == nil }) { return others }
    }
    if volumes.isEmpty, let entries = try? MasterBootRecord.entries(medium) {
      volumes = probe(entries)
      if volumes.contains(where: { $0.problem == nil }) { return volumes }
    }
    // A file system that begins at the first byte may look like a partition table, too.
    let whole = probe([VolumeEntry(start: 0, length: medium.size, label: "")])
    return volumes.isEmpty || whole.contains { $0.problem == nil } ? whole : volumes
  }

  private func probe(_ entries: [VolumeEntry]) -> [ImageVolume] {
    entries.reduce(into: []) { volumes, entry in
      volumes += probe(entry, index: volumes.count)
    }
  }

  /// Volumes in a range of the medium: one, or those of a container.
  private func probe(_ entry: VolumeEntry, index: Int) -> [ImageVolume] {
    probe(VolumePlace(entry, on: medium, index: index))
  }

  private func probe(_ place: VolumePlace) -> [ImageVolume] {
    // An intact superblock may lead to lost structures: the first entries of a table, the group descriptors.
    if !place.isContained, let patches = place.bytes.candidate?.patches, !patches.isEmpty {
      opener.replace { known in known += patches.filter { !known.contains($0) } }
    }
    do throws(VolumeFailure) {
      let type = try opener.fileSystem(at: place.address)
      return [place.volume(type, nil, omissions: omissions(in: place, type: type))]
    } catch .refused(let refusal) {
      return unread(place, refusal)
    } catch {
      return [place.volume(place.label, error.problem)]
    }
  }

  /// Volumes for a range in which no file system can be opened.
  private func unread(_ place: VolumePlace, _ refusal: FileSystemRefusal) -> [ImageVolume] {
    do throws(ImageError) {
      if !place.isContained {
        if try place.bytes.hold("NXSB", at: 32) { return apfs(place) }
        if let volumes = logicalVolumes(place) { return volumes }
      }
      guard let signature = try VolumeSignature.detect(place.bytes) else {
        return [place.volume(place.label, ItemProblem(.unsupported, refusal.description))]
      }
      let problem = signature.problem(because: refusal.cause)
      return [place.volume(signature.name, problem, hasFiles: signature.kind != .swap)]
    } catch {
      // Its first sectors may be lost: it is searched like any other unknown volume.
      return [place.volume(place.label, ItemProblem(.unsupported, "\(refusal): \(error)"))]
    }
  }

  /// Content of a volume beside the files that its file system lists.
  private func omissions(in place: VolumePlace, type: String) -> [ItemProblem] {
    do throws(ImageError) {
      var problems = [ItemProblem]()
      // A truncation at the end of the medium is reported for the whole volume.
      if let length = place.bytes.candidate?.length, length > place.bytes.length,
        place.length <= place.bytes.length
      {
        problems.append(
          ItemProblem(
            .truncated,
            "the file system claims \(length) bytes, but only \(place.bytes.length) are there: bytes"
              + " \(place.start + place.bytes.length) to \(place.start &+ length) are missing"))
      }
      let signature = try VolumeSignature.detect(place.bytes)
      if let signature, signature.isBehindFileSystem, let problem = signature.problem {
        problems.append(problem)
      }
      if type == "ntfs", let problem = try ShadowCopies.problem(place.bytes) {
        problems.append(problem)
      }
      return problems
    } catch {
      return [ItemProblem(error.reason, error.description)]
    }
  }

  /// Logical volumes of a physical volume; nil if it is not one.
  private func logicalVolumes(_ place: VolumePlace) -> [ImageVolume]? {
    let group: LvmGroup
    do throws(ImageError) {
      guard let read = try LvmGroup(place.bytes) else { return nil }
      group = read
    } catch {
      return [place.volume("LVM2", ItemProblem(error.reason, error.description))]
    }
    // A physical volume without logical volumes is space without files.
    guard !group.volumes.isEmpty else { return [place.volume("LVM2", nil, hasFiles: false)] }
    return group.volumes.enumerated().flatMap { rank, volume in
      let inside = place.containing(rank, block: UInt64(rank) + 1, "\(group.name)/\(volume.name)")
      guard volume.problem == nil, let reader = volume.reader(on: medium, at: place.start) else {
        return [inside.volume("LVM2", volume.problem)]
      }
      return probe(inside.lying(in: reader))
    }
  }

  /// Volumes of an APFS container.
  private func apfs(_ place: VolumePlace) -> [ImageVolume] {
    do throws(VolumeFailure) {
      let volumes = try opener.containedVolumes(at: place.start)
      guard !volumes.isEmpty else {
        return [
          place.volume("apfs", ItemProblem(.unsupported, "APFS container without volumes"))
        ]
      }
      return volumes.enumerated().map { rank, volume in
        place.containing(rank, block: volume.block, volume.name)
          .volume("apfs", apfsProblem(volume), omissions: snapshots(of: volume))
      }
    } catch {
      return [
        place.volume("apfs", ItemProblem(error.problem.reason, "APFS container: \(error)"))
      ]
    }
  }

  private func apfsProblem(_ volume: ContainedVolume) -> ItemProblem? {
    guard volume.isEncrypted else { return nil }
    return VolumeSignature(name: "APFS", kind: .encrypted).problem
  }

  private func snapshots(of volume: ContainedVolume) -> [ItemProblem] {
    let count = volume.snapshotCount
    guard count > 0 else { return [] }
    return [
      ItemProblem(
        .unsupported,
        "\(count) \(count == 1 ? "snapshot" : "snapshots") of the volume: not scanned; mount"
          + " \(count == 1 ? "it" : "them") (mount_apfs -s) and scan \(count == 1 ? "its" : "their") files"
      )
    ]
  }
}

extension ImageVolume {
  /// Whether nothing is known of it: it may contain anything.
  fileprivate var isUnknown: Bool {
    problem?.reason == .unsupported
      && (volume.type == VolumePlace.unknownType || volume.type == label)
  }

  /// The same, with a problem for the part beyond the end of the medium.
  fileprivate func reporting(end: UInt64) -> ImageVolume {
    let range = volume.range
    guard range.upperBound > end, !range.isEmpty else { return self }
    let missing = ItemProblem(
      .truncated,
      "the image ends at byte \(end): bytes \(max(end, range.lowerBound)) to \(range.upperBound) of the"
        + " volume are missing")
    let isGone = range.lowerBound >= end
    return ImageVolume(
      volume: volume, label: label, problem: isGone ? missing : problem,
      omissions: omissions + (isGone ? [] : [missing]),
      hasFiles: hasFiles, address: address, runs: runs)
  }
}
