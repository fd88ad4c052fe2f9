import Bytes
import Testing

@testable import Files

@Suite struct MountTableTests {
  @Test(arguments: [
    ("/plain", "/plain"), (#"/with\040blank"#, "/with blank"),
    (#"/back\134slash"#, #"/back\slash"#),
    (#"/end\04"#, #"/end\04"#), (#"\011\012"#, "\t\n"), (#"/no\09digits"#, #"/no\09digits"#),
  ]) func pointsAreUnescaped(_ field: String, _ path: String) {
    #expect(MountTable.unescaped(Array(field.utf8)) == Array(path.utf8))
  }

  @Test func theTableOfThisProcessNamesItsRoot() {
    #expect(MountTable.lines.contains { $0.point == "/" })
  }

  /// Other paths are not even asked.
  @Test func onlyRemoteMountsAreAsked() {
    let mounts = RemoteMounts([
      MountTable.Line(device: [], point: "/here", type: Array("ext4".utf8)),
      MountTable.Line(device: [], point: "/proc", type: Array("fuse.sshfs".utf8)),
    ])
    #expect(mounts.canBeEntered("/here", within: 0))
    #expect(mounts.canBeEntered("/nowhere", within: 0))
    #expect(mounts.canBeEntered("/proc", within: 10))
  }
}
