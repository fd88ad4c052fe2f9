import Evidence
import HelperProcesses
import Volumes

/// Opens volumes in helper processes.
struct HelperVolumeOpener: VolumeOpener {
  let pool: HelperPool

  func partitions(sectorSize: UInt32) throws(VolumeFailure) -> [VolumeEntry] {
    do throws(HelperProcess.Failure) { return try pool.partitions(sectorSize: sectorSize) } catch {
      throw VolumeFailure(error)
    }
  }

  func fileSystem(at volume: VolumeAddress) throws(VolumeFailure) -> String {
    let opened: Result<String, FileSystemRefusal>
    do throws(HelperProcess.Failure) { opened = try pool.fileSystem(at: volume) } catch {
      throw VolumeFailure(error)
    }
    switch opened {
    case .success(let name): return name
    case .failure(let refusal): throw .refused(refusal)
    }
  }

  func containedVolumes(at container: UInt64) throws(VolumeFailure) -> [ContainedVolume] {
    do throws(HelperProcess.Failure) { return try pool.containedVolumes(at: container) } catch {
      throw VolumeFailure(error)
    }
  }

  func replace(_ change: (inout [MediumPatch]) -> Void) { pool.replace(change) }
}

extension VolumeFailure {
  fileprivate init(_ failure: HelperProcess.Failure) {
    if case .refused(let message) = failure {
      self = .refused(.unknown(message))
    } else {
      self = .failed(ItemProblem(failure))
    }
  }
}
