import Trawl

let scan = Scan([FileSource(["/srv"])], with: try RuleSet(.kaspersky))
for try await record in scan.records { print(record) }
