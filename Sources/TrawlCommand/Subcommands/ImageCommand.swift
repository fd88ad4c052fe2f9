import ArgumentParser
import Bytes
import Evidence
import Images
import Reports

struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "Shows the structure of a disk image: container, volumes, file systems.")

  @Argument(
    help: "The image, the first file of a split set, or a block device.", completion: .file(),
    transform: RawArgument.path)
  var target: RawPath

  @Flag(
    help: "Also read the whole medium, and compare its digests with the stored ones.")
  var verify = false

  func run() throws {
    let description = try Failure.catching { try ImageDescription(target) }
    try Failure.catching { try StandardOutput().write(Self.text(of: description)) }
    if verify, let verification = description.verify() {
      try Failure.catching { try StandardOutput().write(Self.text(of: verification)) }
      guard verification.isSound else {
        throw Failure.end(saying: "\(target.shown): the medium differs from what was acquired")
      }
    }
    if description.volumes.allSatisfy({ $0.problem != nil }), description.problem == nil {
      throw Failure.end(saying: "\(target.shown): no readable volume")
    }
    if let problem = description.problem {
      throw Failure.end(saying: "\(target.shown): \(problem.message)")
    }
  }

  private static func text(of verification: MediumVerification) -> String {
    let digest = verification.digest
    var text = ""
    for (name, bytes) in [
      ("MD5", digest.md5), ("SHA-1", digest.sha1), ("SHA-256", digest.sha256),
    ] {
      let stored = verification.stored.first { $0.algorithm == name }
      let judgement = stored.map { $0.isEqual ? "as stored" : "DIFFERENT from the stored one" }
      let column = name + String(repeating: " ", count: 11 - name.count)
      text += column + Hexadecimal.text(of: bytes) + "  " + (judgement ?? "not stored") + "\n"
    }
    for run in verification.unreadable {
      text += "UNREADABLE \(run.length) bytes at byte \(run.offset)\n"
    }
    for run in verification.unreadableAtAcquisition {
      text +=
        "zeros      \(run.length) bytes at byte \(run.offset), unreadable when acquired\n"
    }
    return text
  }

  private static func readable(_ entry: ImageVolume) -> String {
    if let problem = entry.problem { return "no: " + RawPath(problem.message).shown }
    guard entry.hasFiles else { return "no files" }
    guard !entry.omissions.isEmpty else { return "yes" }
    return "yes, except: "
      + entry.omissions.map { RawPath($0.message).shown }.joined(separator: "; ")
  }

  private static func text(of image: ImageDescription) -> String {
    var text = "container  \(image.container)\nsize       \(image.size) bytes\n"
    for file in image.files { text += "file       \(file.shown)\n" }
    guard !image.volumes.isEmpty else { return text }
    var table = TextTable(["VOLUME", "START", "LENGTH", "TYPE", "LABEL", "READABLE"])
    for entry in image.volumes {
      table.add([
        "\(entry.volume.index)", "\(entry.volume.start)", "\(entry.volume.length)",
        RawPath(entry.volume.type).shown, RawPath(entry.volume.name ?? entry.label).shown,
        readable(entry),
      ])
    }
    return text + table.text
  }
}
