// One import for embedders: the media and volumes of which an image consists.
@_exported public import Bytes
@_exported public import Containers
@_exported public import Evidence
@_exported public import Volumes
