import Profiles

extension RecordNames {
  /// Publishers, domains, folders and packages of Kaspersky's products.
  static let kaspersky: RecordNames = {
    var names = RecordNames()
    // The test of signatures/windows/version_resources.yar (docs/facts.md#certificates), and the bare name, which is
    // a program name in signatures of 2023; in Russian with the same legal forms; and as a setup package misspells it
    // (docs/facts.md#setup-packages).
    names.publishers.legalForms = ["AO ", "ZAO ", "JSC ", "OOO ", "АО ", "ЗАО ", "ООО "]
    names.publishers.wholeNames = ["Kaspersky"]
    names.publishers.stems = [
      "Kaspersky Labs", "Kaspersky Lab", "Kasperksy Lab", "Лаборатория Касперского",
    ]
    // Sites of support and of packages (docs/facts.md#linux).
    names.domains = ["kaspersky.com", "kaspersky-labs.com"]
    names.folders = ["Kaspersky Lab"]  // docs/facts.md#windows-programs-and-services
    // docs/facts.md#linux.
    names.packages = [
      "kesl", "kics", "kess", "klnagent", "klnagent64", "klms", "ksc64", "ksc-web-console",
      "kav4fs",
      "epagent", "kuma", "lmc-agent", "lmc-server",
    ]
    names.registry = .kaspersky
    names.sources = [
      .registrySoftware: "docs/facts.md#registry", .registryUser: "docs/facts.md#registry",
      .registryServices: "docs/facts.md#windows-drivers",
      .registrySettings: "docs/facts.md#registry",
      .dpkg: "docs/facts.md#linux", .rpm: "docs/facts.md#linux",
      .removedPackage: "docs/facts.md#linux",
      .prefetch: "docs/facts.md#windows-programs-and-services",
      .quarantine: "docs/facts.md#quarantine",
    ]
    return names
  }()
}
