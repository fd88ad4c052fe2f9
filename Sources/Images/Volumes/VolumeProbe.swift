import Evidence

/// Finds the volumes of a medium and what each of them is. File systems are opened by helpers, one for each: one
/// that hangs costs its volume only.
struct VolumeProbe {
  let medium: any ImageReader
  let pool: HelperPool

  /// The volumes in the order of the partition table, then those that no table names; the medium as one volume if
  /// there is none.
  func volumes() throws(HelperProcess.Failure) -> [ImageVolume] {
    let named = try namedVolumes()
    let whole = ByteRanges([0..<medium.size], limit: medium.size)
    // Of a medium without a table nothing is known, unless it was recognised as a whole.
    let isUnknown =
      named.count == 1 && named[0].isUnknown && named[0].volume.range == 0..<medium.size
    let rest = whole.subtracting(
      ByteRanges(isUnknown ? [] : named.map(\.volume.range), limit: medium.size))
    let lost = LostVolumes(medium: medium).entries(in: rest).reduce(into: [ImageVolume]()) {
      lost, entry in
      // What only looks like one is carved with the gap. One that is encrypted, or that a helper failed on, is named.
      lost += probe(entry, index: (isUnknown ? 0 : named.count) + lost.count)
        .filter { $0.problem?.reason != .unsupported || $0.volume.type != entry.label }
    }
    return isUnknown && !lost.isEmpty ? lost : named + lost
  }

  /// The volumes of the partition table; the medium as one volume if there is none, or none that can be read.
  private func namedVolumes() throws(HelperProcess.Failure) -> [ImageVolume] {
    let volumes = probe(try pool.partitions(sectorSize: 512))
    guard volumes.allSatisfy({ $0.problem?.reason.isSkip ?? false }) else { return volumes }
    if !volumes.isEmpty {
      // An MBR does not say how large its sectors are: disks of 4096 bytes a sector exist, bare and in enclosures.
      let others = probe(try pool.partitions(sectorSize: 4096))
      if others.contains(where: { $0.problem == nil }) { return others }
    }
    // What has a file system from its first byte on may look like a partition table as well.
    let whole = probe([VolumeEntry(start: 0, length: medium.size, label: "")])
    return volumes.isEmpty || whole.contains { $0.problem == nil } ? whole : volumes
  }

  private func probe(_ entries: [VolumeEntry]) -> [ImageVolume] {
    entries.reduce(into: []) { volumes, entry in
      volumes += probe(entry, index: volumes.count)
    }
  }

  /// What a range of the medium is: one volume, or those of a container.
  private func probe(_ entry: VolumeEntry, index: Int) -> [ImageVolume] {
    probe(VolumePlace(entry, on: medium, index: index))
  }

  private func probe(_ place: VolumePlace) -> [ImageVolume] {
    do throws(HelperProcess.Failure) {
      let type = try pool.fileSystemName(at: place.address)
      return [place.volume(type, nil, omissions: omissions(in: place, type: type))]
    } catch .refused(let message) {
      return unread(place, message)
    } catch {
      return [place.volume(place.label, ItemProblem(error))]
    }
  }

  /// What a range is in which no file system can be opened.
  private func unread(_ place: VolumePlace, _ message: String) -> [ImageVolume] {
    do throws(ImageError) {
      if !place.isContained {
        if try place.bytes.hold("NXSB", at: 32) { return apfs(place) }
        if let volumes = logicalVolumes(place) { return volumes }
      }
      guard let signature = try VolumeSignature.detect(place.bytes) else {
        return [place.volume(place.label, ItemProblem(.unsupported, message))]
      }
      let problem = signature.problem(because: XfsSuperblock.cause(ofRefusal: message))
      return [place.volume(signature.name, problem, hasFiles: signature.kind != .swap)]
    } catch {
      return [place.volume(place.label, ItemProblem(error.reason, error.description))]
    }
  }

  /// What a volume holds besides the files that its file system lists.
  private func omissions(in place: VolumePlace, type: String) -> [ItemProblem] {
    do throws(ImageError) {
      var problems = [ItemProblem]()
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

  /// The logical volumes of a physical volume; nil if it is none.
  private func logicalVolumes(_ place: VolumePlace) -> [ImageVolume]? {
    let group: LvmGroup
    do throws(ImageError) {
      guard let read = try LvmGroup(place.bytes) else { return nil }
      group = read
    } catch {
      return [place.volume("LVM2", ItemProblem(error.reason, error.description))]
    }
    // One that nobody has divided yet is space without files.
    guard !group.volumes.isEmpty else { return [place.volume("LVM2", nil, hasFiles: false)] }
    return group.volumes.enumerated().flatMap { rank, volume in
      let inside = place.containing(rank, block: UInt64(rank) + 1, "\(group.name)/\(volume.name)")
      guard volume.problem == nil, let reader = volume.reader(on: medium, at: place.start) else {
        return [inside.volume("LVM2", volume.problem)]
      }
      return probe(inside.lying(in: reader))
    }
  }

  /// The volumes of an APFS container.
  private func apfs(_ place: VolumePlace) -> [ImageVolume] {
    do throws(HelperProcess.Failure) {
      let volumes = try pool.containedVolumes(at: place.start)
      guard !volumes.isEmpty else {
        return [
          place.volume("apfs", ItemProblem(.unsupported, "an APFS container without volumes"))
        ]
      }
      return volumes.enumerated().map { rank, volume in
        place.containing(rank, block: volume.block, volume.name)
          .volume("apfs", apfsProblem(volume), omissions: snapshots(of: volume))
      }
    } catch {
      return [
        place.volume("apfs", ItemProblem(ItemProblem(error).reason, "APFS container: \(error)"))
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
        "\(count) \(count == 1 ? "snapshot" : "snapshots") of the volume: not read; mount"
          + " \(count == 1 ? "it" : "them") (mount_apfs -s) and scan what \(count == 1 ? "it holds" : "they hold")"
      )
    ]
  }
}

extension ImageVolume {
  /// Whether nothing at all is known of it: it may hold anything.
  fileprivate var isUnknown: Bool {
    problem?.reason == .unsupported && volume.type == VolumePlace.unknownType
  }
}
