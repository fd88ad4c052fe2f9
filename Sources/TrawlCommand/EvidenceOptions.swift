import ArgumentParser
import Bytes
import Engine
import Evidence
import Files
import Images
import Targets

/// Options that select the files to scan.
struct EvidenceOptions: ParsableArguments {
  @Argument(
    help: "Files, directories, disk images and block devices to scan.", completion: .file(),
    transform: RawArgument.path)
  var targets: [RawPath]

  @Option(
    help: ArgumentHelp(
      "Ignore files and directories that match this glob; repeatable.",
      discussion:
        "A glob with a slash matches the absolute path, one without a slash matches the name.",
      valueName: "glob"),
    transform: RawArgument.path)
  var exclude: [RawPath] = []

  @Option(
    help: ArgumentHelp(
      "Scan only files that match this glob; repeatable.", valueName: "glob"),
    transform: RawArgument.path)
  var include: [RawPath] = []

  @Flag(help: "Stay on the file system of each target.")
  var oneFileSystem = false

  @Flag(help: "Follow symbolic links inside directories; loops are entered once.")
  var followSymlinks = false

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Kind of the targets; auto recognises an image by its container, partition table or superblock.",
      valueName: "kind"))
  var kind = TargetKind.auto

  @Option(
    help: ArgumentHelp(
      "Abandon and list a volume of an image when its parser has not answered for this many"
        + " seconds.", valueName: "seconds"))
  var volumeTimeout = 120

  @Flag(
    help: "Also read each disk image completely, and compare its digests with the stored ones.")
  var verify = false

  @Option(
    help: ArgumentHelp(
      "Unallocated space, slack and unpartitioned space of disk images: carve executables at every"
        + " sector (carve), also scan each run as a whole (all), or ignore it (none).",
      valueName: "carve|all|none"))
  var unallocated = UnallocatedSpace.carve

  @Option(
    help: ArgumentHelp(
      "Archives whose members are scanned as files: those that programs are delivered in (executables: ZIP,"
        + " 7z, CAB, MSI, deb, RPM, self-extracting programs), all that can be read (all), or none. Others"
        + " are counted.", valueName: "all|executables|none"))
  var archives = OpenedArchives.executables

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Scan the files in disk images that are met as files: everywhere, or nowhere; by default, in images only."
    ))
  var openImages: Bool?

  /// Which images are opened that are met as files.
  var imagePolicy: ImagePolicy { openImages.map { $0 ? .all : .none } ?? .insideImages }

  func validate() throws {
    guard (1...86_400).contains(volumeTimeout) else {
      throw ValidationError("--volume-timeout must be 1 to 86400 seconds.")
    }
    guard !targets.isEmpty else { throw ValidationError("Name at least one target.") }
    guard !targets.contains(where: { $0.bytes.isEmpty }) else {
      throw ValidationError("The name of a target is empty.")
    }
  }

  /// The targets, read `width` directories at a time. A target that does not answer within `timeout` seconds, 0 for no
  /// limit of the user's, is skipped.
  func selection(width: Int, timeout: Int) -> Targets {
    var selection = Targets(targets, as: kind.kind)
    selection.files.filter = PathFilter(excluded: exclude, included: include)
    selection.files.followsSymbolicLinks = followSymlinks
    selection.files.staysOnFileSystem = oneFileSystem
    selection.files.width = width
    if timeout > 0 { selection.files.answerTimeout = min(selection.files.answerTimeout, timeout) }
    selection.images.timeout = volumeTimeout
    selection.images.verifies = verify
    selection.images.unallocated = unallocated.option
    return selection
  }
}

/// Interpretation of the targets.
enum TargetKind: String, ExpressibleByArgument, CaseIterable {
  case auto, file, image

  var kind: Targets.Kind {
    switch self {
    case .auto: .auto
    case .file: .file
    case .image: .image
    }
  }
}

/// Archives that are opened.
enum OpenedArchives: String, ExpressibleByArgument, CaseIterable {
  case all, executables, none

  var policy: ArchivePolicy {
    switch self {
    case .all: .all
    case .executables: .executables
    case .none: .none
    }
  }
}

/// Treatment of bytes of an image that belong to no file.
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
