import FileSystems
import Testing
import Volumes

@testable import Images

/// Requests to a helper: each frame is read as what was written.
@Suite struct HelperRequestTests {
  private static let volume = VolumeAddress(start: 1 << 40, block: 3)

  private static let requests: [HelperRequest] = [
    .open(["/a", "/b\u{0}"]), .open([]), .attach(size: .max), .supply([]), .supply([1, 2, 3]),
    .refuse("bad sector"),
    .patch([MediumPatch(offset: 512, bytes: [9]), MediumPatch(offset: .max, bytes: [])]),
    .volumes(sectorSize: 4096), .probe(volume), .containedVolumes(container: 77), .walk(volume),
    .freeSpace(volume),
    .read(
      StreamAddress(inode: .max, type: 128, id: .max), of: volume, offset: 1 << 50, count: .max),
  ]

  @Test(arguments: requests.indices)
  func framesAreReadAsWritten(_ index: Int) throws {
    let request = Self.requests[index]
    let read = try HelperRequest(request.frame)
    #expect("\(read)" == "\(request)")
  }
}
