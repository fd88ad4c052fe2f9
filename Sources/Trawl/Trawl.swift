// One import for embedders: the engine, its records, rules, files as a source, and the built-in
// profile. Disk images and reports are separate products, because they need further libraries.
@_exported public import Bytes
@_exported public import Catalogue
@_exported public import Engine
@_exported public import Evidence
@_exported public import Files
@_exported public import Findings
@_exported public import Profiles
@_exported public import Yara
