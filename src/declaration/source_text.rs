//! Bytes of a Python file to text whose offsets are those of the bytes.
//!
//! The encoding is found as PEP 263 says. Versions and all of Python's own words are ASCII, so a text in another
//! encoding than UTF-8 is not translated: each byte of a character beyond ASCII becomes `_`, which is as good in a name,
//! a string and a comment, and every span stays true.

use std::borrow::Cow;

/// How the names of encodings begin whose characters beyond ASCII consist of bytes beyond ASCII alone. Without `-`, `_`.
const SEPARATE: &[&str] =
    &["latin", "l1", "iso8859", "cp437", "cp8", "cp125", "windows125", "koi8", "euc", "mac", "kz1048", "tis620"];

/// The same for encodings in which the second byte of a character may be ASCII.
const DOUBLE: &[&str] = &["shiftjis", "sjis", "cp932", "big5", "cp950", "gbk", "cp936", "gb18030", "gb2312", "cp949"];

/// The text of a Python file.
#[derive(Debug)]
pub(super) struct Text<'b> {
    pub(super) text: Cow<'b, str>,
    /// The byte offset of what only some versions of Python read: a byte that is not UTF-8, in a comment.
    pub(super) doubt: Option<usize>,
}

/// Reads the bytes of a Python file.
///
/// # Errors
/// Where no Python reads it, as half a sentence.
pub(super) fn decode(bytes: &[u8]) -> Result<Text<'_>, String> {
    let marked = bytes.starts_with(b"\xef\xbb\xbf");
    let cookie = cookie(if marked { &bytes[3..] } else { bytes });
    let name: String = cookie.unwrap_or("utf-8").to_ascii_lowercase().replace(['-', '_'], "");
    let utf8 = matches!(name.as_str(), "utf8" | "u8" | "utf8sig" | "utf" | "cp65001");
    if marked && !utf8 {
        return Err(format!("it has a byte order mark and says that it is `{}`", cookie.unwrap_or_default()));
    }
    if utf8 {
        return Ok(match std::str::from_utf8(bytes) {
            Ok(text) => Text { text: Cow::Borrowed(text), doubt: None },
            Err(error) => Text { text: Cow::Owned(blanked(bytes, false)), doubt: Some(error.valid_up_to()) },
        });
    }
    let named = |names: &[&str]| names.iter().any(|known| name.starts_with(known));
    let ascii = matches!(name.as_str(), "ascii" | "usascii" | "646");
    if !ascii && !named(SEPARATE) && !named(DOUBLE) {
        return Err(format!("its encoding `{}` is not known", cookie.unwrap_or_default()));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.is_ascii() => return Ok(Text { text: Cow::Borrowed(text), doubt: None }),
        _ if ascii => return Err("it says that it is ASCII and is not".to_owned()),
        _ => {}
    }
    Ok(Text { text: Cow::Owned(blanked(bytes, named(DOUBLE))), doubt: None })
}

/// `bytes` with `_` for every byte of a character beyond ASCII.
fn blanked(bytes: &[u8], double: bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => {
            text.push('\u{feff}');
            rest
        }
        None => bytes,
    };
    let mut bytes = bytes.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte.is_ascii() {
            text.push(char::from(byte));
            continue;
        }
        text.push('_');
        if double && bytes.next_if(|second| (0x40..0x7f).contains(second)).is_some() {
            text.push('_');
        }
    }
    text
}

/// The encoding that one of the first two lines names: `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`. The second
/// counts only below a line that is blank or a comment.
fn cookie(bytes: &[u8]) -> Option<&str> {
    for line in bytes.splitn(3, |byte| *byte == b'\n').take(2) {
        let line = line.trim_ascii();
        let line = line.strip_prefix(b"\x0c").unwrap_or(line).trim_ascii_start();
        if line.is_empty() {
            continue;
        }
        if line[0] != b'#' {
            return None;
        }
        let found =
            line.windows(7).position(|window| window.starts_with(b"coding") && matches!(window[6], b':' | b'='));
        if let Some(at) = found {
            let rest = line[at + 7..].trim_ascii_start();
            let length =
                rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')).count();
            if length > 0 {
                return std::str::from_utf8(&rest[..length]).ok();
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offsets_of_every_encoding_are_those_of_its_bytes() {
        for (bytes, expected) in [
            (&b"# caf\xc3\xa9\nv = '1'"[..], Some("# caf\u{e9}\nv = '1'")),
            (b"# -*- coding: latin-1 -*-\n# caf\xe9\n", Some("# -*- coding: latin-1 -*-\n# caf_\n")),
            (
                b"#!/bin/python\n# vim: set fileencoding=cp1252 :\n'\xe9'",
                Some("#!/bin/python\n# vim: set fileencoding=cp1252 :\n'_'"),
            ),
            (b"# coding=shift_jis\nx = '\x83\x5c'\n", Some("# coding=shift_jis\nx = '__'\n")),
            (b"# coding: latin-1\nx = '1'\n", Some("# coding: latin-1\nx = '1'\n")),
            (b"\xef\xbb\xbf# coding: utf-8\n", Some("\u{feff}# coding: utf-8\n")),
            (b"\xef\xbb\xbf# coding: latin-1\n", None),
            (b"# caf\xe9\n", Some("# caf_\n")),
            (b"\xef\xbb\xbf# caf\xe9\n", Some("\u{feff}# caf_\n")),
            (b"x = 1\n# coding: latin-1\n'\xe9'", Some("x = 1\n# coding: latin-1\n'_'")),
            (b"\n\n# coding: klingon\n'\xe9'", Some("\n\n# coding: klingon\n'_'")),
            (b"# coding: klingon\n'1'", None),
            (b"# coding: ascii\n'\xe9'", None),
        ] {
            let text = decode(bytes).ok().map(|decoded| decoded.text);
            assert_eq!(text.as_deref(), expected, "{}", String::from_utf8_lossy(bytes));
            if let Some(text) = text {
                assert_eq!(text.len(), bytes.len());
            }
        }
    }
}
