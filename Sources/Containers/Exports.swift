// One import for embedders: a medium's bytes, and the problems of an image.
@_exported public import Bytes
@_exported public import Evidence
