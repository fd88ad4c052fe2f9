import ArgumentParser
import Bytes
import Evidence
import Files
import Images

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

  @Flag(
    help: "Also read each disk image whole, and compare its digests with those that it keeps.")
  var verify = false

  @Option(
    help: ArgumentHelp(
      "What to do with unallocated space, slack and gaps of disk images: look for executables at"
        + " every sector (carve), also scan each run as a whole (all), or nothing (none).",
      valueName: "carve|all|none"))
  var unallocated = UnallocatedSpace.carve

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
    var images = ImageSource.Options()
    images.timeout = volumeTimeout
    images.verifies = verify
    images.unallocated = unallocated.option
    return kind.sources(of: targets, files: options, images: images, say: say)
  }
}

/// What is done with bytes of an image that belong to no file.
enum UnallocatedSpace: String, ExpressibleByArgument, CaseIterable {
  case carve, all, none

  var option: ImageSource.Unallocated {
    switch self {
    case .carve: .carve
    case .all: .all
    case .none: .none
    }
  }
}
