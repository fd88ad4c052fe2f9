import ArgumentParser
import Bytes
import Catalogue
import Pages
import Profiles
import Results

/// Options of the compliance report: facts that the results do not hold.
struct ComplianceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Name of the organisation that reports.", valueName: "name"))
  var organisation = ""

  @Option(
    help: ArgumentHelp(
      "First day of the periods, such as 2017-09-13; by default the day of the directive.",
      valueName: "date"),
    transform: ComplianceOptions.date)
  var start: CalendarDate?

  @Option(
    help: ArgumentHelp(
      "Day on which a product was identified; by default the day of the first scan that found one.",
      valueName: "date"),
    transform: ComplianceOptions.date)
  var discovered: CalendarDate?

  @Option(
    help: ArgumentHelp(
      "Earlier results of the same machines, to show the progress of the removal; repeatable.",
      valueName: "results"),
    completion: .file(), transform: RawArgument.path)
  var earlier: [RawPath] = []

  var options: ComplianceReport.Options {
    var options = ComplianceReport.Options()
    options.organisation = organisation
    options.company = VendorProfile.kaspersky.company
    options.start = start
    options.discovery = discovered
    return options
  }

  func earlierResults() throws -> [ResultSet] {
    try earlier.map { try ResultSet(ResultOptions.sources(at: [$0])) }
  }

  private static func date(_ text: String) throws -> CalendarDate {
    guard let date = CalendarDate(text) else {
      throw ValidationError("A date has the form 2017-09-13.")
    }
    return date
  }
}
