import ArgumentParser
import Bytes
import Cases
import Glibc
import Reports

struct CaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "case",
    abstract: "Lists, verifies and exports the content of a case, even while a scan writes it.",
    discussion: "trawl scan --case FILE makes a case; docs/case-format.md describes the file.",
    subcommands: [
      Ledger.self, Findings.self, Products.self, Problems.self, Items.self, Verify.self,
      Export.self,
    ])
}

extension CaseCommand {
  struct Ledger: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Accounts for every item, and for every byte of each image.")
    @OptionGroup var arguments: CaseListingArguments
    func run() throws { try arguments.write(.ledger) }
  }

  struct Findings: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the findings.")
    @OptionGroup var arguments: CaseListingArguments
    func run() throws { try arguments.write(.findings) }
  }

  struct Products: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the products, once the scan has come to its end.")
    @OptionGroup var arguments: CaseListingArguments
    func run() throws { try arguments.write(.products) }
  }

  struct Problems: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists what was not scanned, and why.")
    @OptionGroup var arguments: CaseListingArguments
    func run() throws { try arguments.write(.problems) }
  }

  struct Items: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists every item with its outcome, the clean ones included.")
    @OptionGroup var arguments: CaseListingArguments
    @Option(
      help: "Only items with this outcome: matched, clean, skipped, failed or hard_link.",
      completion: .list(CaseListing.outcomes))
    var outcome: String?

    func validate() throws {
      guard outcome.map({ CaseListing.outcomes.contains($0) }) ?? true else {
        throw ValidationError(
          "The outcome must be \(CaseListing.outcomes.joined(separator: ", ")).")
      }
    }

    func run() throws { try arguments.write(.items(outcome: outcome)) }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks the chain of hashes over the batches of a case.",
      discussion: """
        Exit status: 0 intact; 1 modified, or the head is not the one given; 2 not readable. Whoever \
        can write the case can also compute its hashes anew: only a head that was kept elsewhere, \
        such as the one in a signed report, proves that the case is the one that was written.
        """)

    @Argument(help: "The case.", completion: .file(), transform: RawArgument.path)
    var file: RawPath

    @Option(
      help: ArgumentHelp("Head of the chain that was kept elsewhere.", valueName: "hash"))
    var head: String?

    func run() throws {
      let result = try Failure.catching { try CaseReader(file).verify() }
      if let breach = result.breach {
        try say("\(file.shown): BROKEN after \(result.batches) intact batches: \(breach)")
        throw ExitCode(1)
      }
      if let head, head.lowercased() != result.head {
        try say(
          "\(file.shown): NOT THE SAME: its \(result.batches) batches are consistent, but the head is \(result.head)"
        )
        throw ExitCode(1)
      }
      try say(
        "\(file.shown): intact, \(result.batches) batches, chain head \(result.head)"
          + (head == nil ? "; compare the head with one that was kept elsewhere" : ", as given"))
    }

    private func say(_ text: String) throws {
      try Failure.catching { try StandardOutput().write(text + "\n") }
    }
  }

  struct Export: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
      case jsonl
    }

    static let configuration = CommandConfiguration(
      abstract: "Writes the report of the scan again, line by line as scan --format jsonl does.")

    @Argument(help: "The case.", completion: .file(), transform: RawArgument.path)
    var file: RawPath

    @Option(help: "Format of the report.")
    var format = Format.jsonl

    func run() throws {
      BrokenPipe.ignoreSignal()
      do {
        let output = StandardOutput()
        try CaseReader(file).forEachLine { try output.write($0 + "\n") }
      } catch is BrokenPipe {
        throw ExitCode(BrokenPipe.exitStatus)
      } catch {
        throw Failure.end(saying: error)
      }
    }
  }
}
