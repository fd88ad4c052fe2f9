import Bytes
import Evidence
import Findings
package import Results

/// Digital Forensics XML 1.2.0: a `fileobject` for each finding, with the finding itself in a
/// namespace of its own.
package struct DFXMLExport: ResultExport {
  package static let fileNames = ["findings.dfxml"]

  private let results: ResultSet
  private let file: ReportFile
  private var isStarted = false
  private var count = 0

  package init(_ results: ResultSet, to files: [ReportFile]) {
    self.results = results
    file = files[0]
  }

  package mutating func add(_ entry: ResultEntry, of scan: ResultScan) throws {
    try start()
    guard case .finding(let finding) = entry.record else { return }
    count += 1
    try file.write(object(finding, in: scan) + "\n")
  }

  package mutating func finish() throws {
    try start()
    try file.write("</dfxml>\n")
  }

  private mutating func start() throws {
    guard !isStarted else { return }
    isStarted = true
    let custody = results.scans.first?.summary?.custody
    let evidence = results.scans.flatMap { $0.summary?.custody.evidence.map(\.name) ?? [] }
    try file.write(
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <dfxml xmlns="http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML" \
      xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:trawl="urn:trawl:findings:1" version="1.2.0">
      <metadata><dc:type>Findings of trawl</dc:type></metadata>
      <creator><program>trawl</program>\
      \(XMLText.element("version", custody?.tool))<execution_environment>\
      \(XMLText.element("host", custody?.host))\
      \(XMLText.element("command_line", custody.map { $0.commandLine.joined(separator: " ") }))\
      \(XMLText.element("start_time", custody?.start?.rfc3339))</execution_environment>\
      \(libraries(custody))</creator>
      <source>\(evidence.map { XMLText.element("image_filename", $0.shown) }.joined())</source>

      """)
    for scan in results.scans {
      for (evidence, volumes) in scan.volumes.sorted(by: { $0.key < $1.key }) {
        for volume in volumes.values.sorted(by: { $0.index < $1.index }) {
          let place = XMLText.escaped(evidence.shown)
          try file.write(
            "<volume offset=\"\(volume.start)\" trawl:evidence=\"\(place)\""
              + " trawl:index=\"\(volume.index)\"><byte_runs><byte_run"
              + " img_offset=\"\(volume.start)\" len=\"\(volume.length)\"/></byte_runs>"
              + XMLText.element("ftype_str", volume.type) + "</volume>\n")
        }
      }
    }
  }

  private func libraries(_ custody: ResultCustody?) -> String {
    (custody?.libraries ?? [:]).sorted { $0.key < $1.key }.map { name, version in
      "<library name=\"\(XMLText.escaped(name))\" version=\"\(XMLText.escaped(version))\"/>"
    }.joined()
  }

  private func object(_ finding: ResultFinding, in scan: ResultScan) -> String {
    let locator = finding.locator
    let endpoint = scan.endpoint(of: locator.evidence, isImage: locator.volume != nil)
    let stream = locator.stream.map { ":" + $0.shown } ?? ""
    var text =
      "<fileobject>" + XMLText.element("filename", locator.path.shown + stream)
      + XMLText.element("id", String(count)) + XMLText.element("filesize", String(finding.size))
    switch locator.state {
    case .allocated?: text += "<alloc>1</alloc>"
    case .deleted?, .carved?: text += "<alloc>0</alloc>"
    case .orphan?: text += "<orphan>1</orphan>"
    case .slack?, nil: break
    }
    // In images The Sleuth Kit's form, such as 71-128-2, follows the number.
    let inode = finding.inode?.prefix { $0.isASCII && $0.isNumber }
    if let inode, !inode.isEmpty { text += XMLText.element("inode", String(inode)) }
    let times = finding.times
    for (name, time) in [
      ("mtime", times.modified), ("ctime", times.changed), ("atime", times.accessed),
      ("crtime", times.created),
    ] { text += XMLText.element(name, time?.rfc3339) }
    if !locator.runs.isEmpty {
      var offset: UInt64 = 0
      text += "<byte_runs>"
      for run in locator.runs {
        text +=
          "<byte_run file_offset=\"\(offset)\" img_offset=\"\(run.offset)\" len=\"\(run.length)\"/>"
        offset &+= run.length
      }
      text += "</byte_runs>"
    }
    text += XMLText.element("hashdigest", finding.md5, " type=\"md5\"")
    text += XMLText.element("hashdigest", finding.sha1, " type=\"sha1\"")
    text += XMLText.element("hashdigest", finding.sha256, " type=\"sha256\"")
    text += "<trawl:finding" + attributes(of: finding, endpoint) + ">"
    for reason in finding.reasons { text += XMLText.element("trawl:reason", reason) }
    return text + "</trawl:finding></fileobject>"
  }

  private func attributes(of finding: ResultFinding, _ endpoint: Endpoint) -> String {
    let locator = finding.locator
    let attributes: [(String, String?)] = [
      ("endpoint", endpoint.name), ("evidence", locator.evidence.shown),
      ("volume", locator.volume.map { String($0.index) }), ("state", locator.state?.rawValue),
      ("rule", finding.rule), ("confidence", finding.confidence?.rawValue),
      ("product", finding.product), ("product_version", finding.productVersion),
      ("version", finding.version), ("component", finding.component),
      ("inode", finding.inode),
    ]
    return attributes.compactMap { name, value in
      value.map { " \(name)=\"\(XMLText.escaped($0))\"" }
    }.joined()
  }
}
