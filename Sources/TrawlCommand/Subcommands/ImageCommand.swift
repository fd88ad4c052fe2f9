import ArgumentParser
import Bytes
import Evidence
import Images
import Reports

struct ImageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "image",
    abstract: "Shows what a disk image holds: container, volumes, file systems.")

  @Argument(
    help: "The image, the first file of a split set, or a block device.", completion: .file(),
    transform: RawArgument.path)
  var target: RawPath

  func run() throws {
    let description = try Failure.catching { try ImageDescription(target) }
    try Failure.catching { try StandardOutput().write(Self.text(of: description)) }
    if description.volumes.allSatisfy({ $0.problem != nil }), description.problem == nil {
      throw Failure.end(saying: "\(target.shown): holds no volume that can be read")
    }
    if let problem = description.problem {
      throw Failure.end(saying: "\(target.shown): \(problem.message)")
    }
  }

  private static func text(of image: ImageDescription) -> String {
    var text = "container  \(image.container)\nsize       \(image.size) bytes\n"
    for file in image.files { text += "file       \(file.shown)\n" }
    guard !image.volumes.isEmpty else { return text }
    var table = TextTable(["VOLUME", "START", "LENGTH", "TYPE", "LABEL", "READABLE"])
    for entry in image.volumes {
      table.add([
        "\(entry.volume.index)", "\(entry.volume.start)", "\(entry.volume.length)",
        RawPath(entry.volume.type).shown, RawPath(entry.label).shown,
        entry.problem.map { "no: " + RawPath($0.message).shown } ?? "yes",
      ])
    }
    return text + table.text
  }
}
