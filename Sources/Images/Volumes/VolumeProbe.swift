import Evidence

/// Finds the volumes of a medium and what each of them is. File systems are opened by helpers, one for each: one
/// that hangs costs its volume only.
struct VolumeProbe {
  let medium: any ImageReader
  let pool: HelperPool

  /// The volumes in the order of the partition table; the medium as one volume if there is none, or none that
  /// can be read.
  func volumes() throws(HelperProcess.Failure) -> [ImageVolume] {
    let entries = try pool.partitions(of: medium.size)
    let volumes = probe(entries)
    guard volumes.allSatisfy({ $0.problem?.reason.isSkip ?? false }) else { return volumes }
    // What has a file system from its first byte on may look like a partition table as well.
    let whole = probe([VolumeEntry(start: 0, length: medium.size, label: "")])
    return volumes.isEmpty || whole.contains { $0.problem == nil } ? whole : volumes
  }

  private func probe(_ entries: [VolumeEntry]) -> [ImageVolume] {
    entries.reduce(into: []) { volumes, entry in
      volumes += probe(entry, index: volumes.count)
    }
  }

  /// What a range of the medium is: one volume, or those of an APFS container.
  private func probe(_ entry: VolumeEntry, index: Int) -> [ImageVolume] {
    let found = Found(entry: entry, index: index)
    do throws(HelperProcess.Failure) {
      let type = try pool.fileSystemName(at: VolumeAddress(start: entry.start))
      return [found.volume(type, nil, omissions: omissions(in: entry, type: type))]
    } catch .refused(let message) {
      return unread(found, message)
    } catch {
      return [found.volume(entry.label, ItemProblem(error))]
    }
  }

  /// What a range is in which no file system can be opened.
  private func unread(_ found: Found, _ message: String) -> [ImageVolume] {
    let entry = found.entry
    do throws(ImageError) {
      if try VolumeBytes(medium, at: entry.start, length: entry.length).hold("NXSB", at: 32) {
        return contained(found)
      }
      guard
        let signature = try VolumeSignature.detect(
          medium, at: entry.start, length: entry.length)
      else { return [found.volume(entry.label, ItemProblem(.unsupported, message))] }
      let problem = signature.problem(because: XfsSuperblock.cause(ofRefusal: message))
      return [found.volume(signature.name, problem, hasFiles: signature.kind != .swap)]
    } catch {
      return [found.volume(entry.label, ItemProblem(error.reason, error.description))]
    }
  }

  /// What a volume holds besides the files that its file system lists.
  private func omissions(in entry: VolumeEntry, type: String) -> [ItemProblem] {
    do throws(ImageError) {
      var problems = [ItemProblem]()
      let signature = try VolumeSignature.detect(medium, at: entry.start, length: entry.length)
      if let signature, signature.isBehindFileSystem, let problem = signature.problem {
        problems.append(problem)
      }
      if type == "ntfs",
        let problem = try ShadowCopies.problem(medium, at: entry.start, length: entry.length)
      {
        problems.append(problem)
      }
      return problems
    } catch {
      return [ItemProblem(error.reason, error.description)]
    }
  }

  /// The volumes of an APFS container.
  private func contained(_ found: Found) -> [ImageVolume] {
    do throws(HelperProcess.Failure) {
      let volumes = try pool.containedVolumes(at: found.entry.start)
      guard !volumes.isEmpty else {
        return [
          found.volume("apfs", ItemProblem(.unsupported, "an APFS container without volumes"))
        ]
      }
      return volumes.enumerated().map { rank, volume in
        found.volume("apfs", apfsProblem(volume), omissions: snapshots(of: volume), volume, rank)
      }
    } catch {
      return [
        found.volume("apfs", ItemProblem(ItemProblem(error).reason, "APFS container: \(error)"))
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

  /// A range of the medium, before it is known what it is.
  private struct Found {
    let entry: VolumeEntry
    let index: Int

    func volume(
      _ type: String, _ problem: ItemProblem?, omissions: [ItemProblem] = [],
      hasFiles: Bool = true, _ contained: ContainedVolume? = nil, _ rank: Int = 0
    ) -> ImageVolume {
      ImageVolume(
        volume: Volume(
          index: index + rank, start: entry.start, length: entry.length,
          type: type.isEmpty ? "unknown" : type, name: contained?.name),
        label: entry.label, problem: problem, omissions: omissions, hasFiles: hasFiles,
        address: VolumeAddress(start: entry.start, block: contained?.block ?? 0))
    }
  }
}
