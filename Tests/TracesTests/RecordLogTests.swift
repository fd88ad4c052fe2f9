import Bytes
import Evidence
import Testing

@testable import Traces

/// Logs of hives by their names, and the file that each belongs to.
@Suite struct RecordLogTests {
  private func log(
    _ path: RawPath, evidence: RawPath = "/e", volume: Volume? = nil, state: AllocationState? = nil,
    stream: RawPath? = nil
  ) -> RecordLog? {
    Locator(evidence: evidence, volume: volume, path: path, stream: stream, state: state).recordLog
  }

  @Test(arguments: [
    ("/Windows/System32/config/SOFTWARE.LOG1", RecordLog.Kind.first), ("/x/system.log2", .second),
    ("/Users/a/NTUSER.DAT.LOG", .single), ("/ntuser.dat.Log1", .first),
  ])
  func logsEndInTheirKind(_ path: String, _ kind: RecordLog.Kind) {
    #expect(log(RawPath(path))?.kind == kind)
  }

  @Test(arguments: [
    "/SOFTWARE", "/x.LOG1", "/SOFTWARE.LOG3", "/SOFTWARE.LOG11", ".LOG1", "/LOG1", "",
    "/status.LOG",
  ])
  func othersAreNone(_ path: String) { #expect(log(RawPath(path)) == nil) }

  @Test func streamsSlackAndCarvedFilesAreNoLogs() {
    let path: RawPath = "/SOFTWARE.LOG1"
    #expect(log(path, stream: "s") == nil)
    #expect(log(path, state: .slack) == nil && log(path, state: .carved) == nil)
    #expect(log(path, state: .deleted) != nil)
  }

  @Test func aLogBelongsToTheFileBesideIt() {
    func file(_ path: RawPath, volume: Volume? = nil, state: AllocationState? = nil) -> RecordFile {
      RecordFile(at: Locator(evidence: "/e", volume: volume, path: path, state: state))
    }
    let volume = Volume(index: 1, start: 0, length: 1, type: "ntfs")
    #expect(log("/a/SOFTWARE.LOG1")?.file == file("/a/software"))
    #expect(log("/a/SOFTWARE.LOG1")?.file != file("/b/SOFTWARE"))
    #expect(log("/SOFTWARE.LOG1", volume: volume)?.file == file("/SOFTWARE", volume: volume))
    #expect(log("/SOFTWARE.LOG1", volume: volume)?.file != file("/SOFTWARE"))
    #expect(log("/SOFTWARE.LOG1", state: .deleted)?.file != file("/SOFTWARE", state: .allocated))
    #expect(log("/SOFTWARE.LOG1", state: .orphan)?.file == file("/SOFTWARE", state: .deleted))
  }
}
