import ArgumentParser
import Bytes
import Evidence
import Files

/// Which files are scanned.
struct EvidenceOptions: ParsableArguments {
  @Argument(
    help: "Files, directories, disk images and block devices to scan.", completion: .file(),
    transform: RawArgument.path)
  var targets: [RawPath]

  @Option(
    help: ArgumentHelp(
      "Pass by files and directories that match this glob; may be given again.",
      discussion:
        "A glob with a slash is held against the absolute path, one without against the name.",
      valueName: "glob"),
    transform: RawArgument.path)
  var exclude: [RawPath] = []

  @Option(
    help: ArgumentHelp(
      "Scan only files that match this glob; may be given again.", valueName: "glob"),
    transform: RawArgument.path)
  var include: [RawPath] = []

  @Flag(help: "Stay on the file system of each target.")
  var oneFileSystem = false

  @Flag(help: "Follow symbolic links inside directories; loops are entered once.")
  var followSymlinks = false

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "What the targets are: auto takes a file for an image by its partition table or superblock.",
      valueName: "kind"))
  var kind = TargetKind.auto

  @Option(
    help: ArgumentHelp(
      "Give up on a volume of an image whose metadata keep the parser silent for so many seconds,"
        + " and list it.", valueName: "seconds"))
  var volumeTimeout = 120

  func validate() throws {
    guard (1...86_400).contains(volumeTimeout) else {
      throw ValidationError("--volume-timeout takes 1 to 86400 seconds.")
    }
    guard !targets.isEmpty else { throw ValidationError("Name at least one target.") }
    guard !targets.contains(where: { $0.bytes.isEmpty }) else {
      throw ValidationError("A target is an empty name.")
    }
  }

  /// The targets as sources that read `width` directories at a time.
  func sources(width: Int, say: (String) -> Void) -> [any ItemSource] {
    var options = FileSource.Options()
    options.filter = PathFilter(excluded: exclude, included: include)
    options.followsSymbolicLinks = followSymlinks
    options.staysOnFileSystem = oneFileSystem
    options.width = width
    return kind.sources(of: targets, files: options, imageTimeout: volumeTimeout, say: say)
  }
}
