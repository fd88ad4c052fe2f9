public import Profiles

extension Directive {
  /// Acts about Kaspersky's products that require reports (docs/facts.md#directives).
  public static let kaspersky: [Directive] = [
    Directive(
      name: "BOD 17-01",
      citation:
        "Binding Operational Directive 17-01, Department of Homeland Security, 13 September 2017; 82 FR 43782",
      scope:
        "Kaspersky-branded products: information security products, solutions and services supplied, directly"
        + " or indirectly, by AO Kaspersky Lab or any of its predecessors, successors, parents, subsidiaries"
        + " or affiliates, including Kaspersky Lab North America, Kaspersky Lab, Inc., and Kaspersky"
        + " Government Security Solutions, Inc.",
      exclusions:
        "Kaspersky code embedded in the products of other companies; Kaspersky Threat Intelligence and"
        + " Kaspersky Security Training; national security systems and certain systems of the Department of"
        + " Defense and the Intelligence Community (44 U.S.C. 3553(d) and (e)).",
      coversEmbedded: false, start: "2017-09-13",
      duties: [
        Directive.Duty(
          days: 30,
          text:
            "Report the products that were found, or \"none\"; the number of endpoints with each product; and"
            + " the methods that were used to find them."),
        Directive.Duty(
          days: 60, text: "Submit a plan of action to remove and to discontinue the products."),
        Directive.Duty(
          days: 90,
          text: "Begin the removal, and report its status every 30 days until it is complete.",
          interval: 30),
      ]),
    Directive(
      name: "FAR 52.204-23",
      citation:
        "Federal Acquisition Regulation 52.204-23, effective 16 July 2018 (83 FR 28141), with the periods of"
        + " FAC 2023-06 of 4 December 2023; it implements section 1634 of the National Defense"
        + " Authorization Act for Fiscal Year 2018 (Public Law 115-91)",
      scope:
        "Any hardware, software or service that is developed or provided by a Kaspersky Lab covered entity;"
        + " that includes any hardware, software or service developed or provided in whole or in part by one;"
        + " or that contains components using any hardware or software developed in whole or in part by"
        + " one. Embedded engines are covered.",
      coversEmbedded: true,
      duties: [
        Directive.Duty(
          days: 3, areBusinessDays: true,
          text:
            "Report the covered article to the contracting officer, from the day it is identified (1 business"
            + " day before 4 December 2023)."),
        Directive.Duty(
          days: 10, areBusinessDays: true,
          text:
            "Report further information on mitigation, from the day of the first report."),
      ]),
  ]
}
