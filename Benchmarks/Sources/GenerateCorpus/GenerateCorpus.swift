import ArgumentParser
import Corpus

/// Writes the corpus of the benchmarks, for `compare` and for inspection.
@main
struct GenerateCorpus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate-corpus",
    abstract: "Writes the tree of files that the benchmarks scan; the same everywhere.")

  @Argument(help: "The folder to make; nothing happens if it exists.", completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("Its size in millions of bytes.", valueName: "count"))
  var megabytes = Corpus.defaultMegabytes

  func run() throws { try Corpus(megabytes: megabytes).prepare(at: folder) }
}
