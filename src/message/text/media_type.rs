//! What a file holds, by its name.

use std::path::Path;

/// The media type of a file with this name, `application/octet-stream` if nothing is known of it.
///
/// The extensions are those that Python's `mimetypes` and web servers agree about, the types those
/// that IANA registers. A packed file is what its last extension says: `a.tar.gz` is gzip, which
/// the bytes are.
pub(crate) fn guess(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let known = TYPES.iter().find(|(_, extensions)| {
        extensions.split(' ').any(|known| !known.is_empty() && known.eq_ignore_ascii_case(extension))
    });
    known.map_or("application/octet-stream", |(media_type, _)| media_type)
}

const TYPES: &[(&str, &str)] = &[
    ("text/html", "html htm"),
    ("application/xhtml+xml", "xhtml xht"),
    ("text/plain", "txt text log c h pl ksh bat"),
    ("text/css", "css"),
    ("text/csv", "csv"),
    ("text/javascript", "js mjs"),
    ("text/markdown", "md markdown"),
    ("text/calendar", "ics"),
    ("text/tab-separated-values", "tsv"),
    ("text/vcard", "vcf"),
    ("text/xml", "xml"),
    ("text/x-python", "py"),
    ("application/json", "json map"),
    ("application/ld+json", "jsonld"),
    ("application/manifest+json", "webmanifest"),
    ("application/atom+xml", "atom"),
    ("application/rss+xml", "rss"),
    ("application/pdf", "pdf"),
    ("application/postscript", "ps eps ai"),
    ("application/rtf", "rtf"),
    ("application/wasm", "wasm"),
    ("application/zip", "zip"),
    ("application/gzip", "gz tgz"),
    ("application/x-bzip2", "bz2"),
    ("application/x-xz", "xz"),
    ("application/zstd", "zst"),
    ("application/x-7z-compressed", "7z"),
    ("application/x-tar", "tar"),
    ("application/java-archive", "jar"),
    ("application/x-sh", "sh"),
    ("application/epub+zip", "epub"),
    ("application/msword", "doc dot"),
    ("application/vnd.ms-excel", "xls"),
    ("application/vnd.ms-powerpoint", "ppt"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    ("application/vnd.oasis.opendocument.text", "odt"),
    ("application/vnd.oasis.opendocument.spreadsheet", "ods"),
    ("application/vnd.oasis.opendocument.presentation", "odp"),
    ("image/png", "png"),
    ("image/jpeg", "jpg jpeg jpe"),
    ("image/gif", "gif"),
    ("image/svg+xml", "svg"),
    ("image/webp", "webp"),
    ("image/avif", "avif"),
    ("image/bmp", "bmp"),
    ("image/tiff", "tiff tif"),
    ("image/vnd.microsoft.icon", "ico"),
    ("audio/mpeg", "mp3 mp2"),
    ("audio/ogg", "ogg oga opus"),
    ("audio/flac", "flac"),
    ("audio/x-wav", "wav"),
    ("audio/mp4", "m4a"),
    ("audio/aac", "aac"),
    ("video/mp4", "mp4 m4v"),
    ("video/mpeg", "mpeg mpg mpe"),
    ("video/webm", "webm"),
    ("video/ogg", "ogv"),
    ("video/quicktime", "mov qt"),
    ("video/x-msvideo", "avi"),
    ("font/woff", "woff"),
    ("font/woff2", "woff2"),
    ("font/ttf", "ttf"),
    ("font/otf", "otf"),
];
