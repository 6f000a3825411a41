//! Modules that only give names to texts, as most version files do.
//!
//! The parser has to learn first how much stack there is, which takes longer than all the rest of a small repository's
//! declarations. What is not as plain as this is left to it.

use super::{Assignment, Bound, Module, Value};
use crate::finding::Span;

/// A longer line is not plain, in bytes.
const LONGEST_LINE: usize = 1000;

/// The module, where each line is blank, a comment, `"""text"""` or `NAME = "text"`.
pub(super) fn read(text: &str) -> Option<Module> {
    let mut module = Module::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let statement = line.strip_suffix('\n').unwrap_or(line).trim_end_matches(' ');
        if statement.len() > LONGEST_LINE || statement.bytes().any(|byte| !matches!(byte, b' '..=b'~')) {
            return None;
        }
        if !statement.is_empty() && !statement.starts_with('#') && !is_docstring(statement) {
            let (name, value) = statement.split_once(" = ")?;
            let value = between(value, "\"").or_else(|| between(value, "'")).filter(|_| is_plain_name(name))?;
            let at = start + name.len() + " = '".len();
            let (at, value) = (Span::new(at, at + value.len()), Value::Text(value.to_owned()));
            module.bound.insert(name.to_owned(), Bound::Value(value.clone(), at));
            let name = name.to_owned();
            module.assignments.push(Assignment { name, at, value: Some(value), top: true, literal: true });
        }
        start += line.len();
    }
    Some(module)
}

fn is_docstring(statement: &str) -> bool {
    between(statement, "\"\"\"").is_some()
}

/// What stands between the `quotes` that a literal begins and ends with, where nothing in it has a meaning of its own.
fn between<'t>(literal: &'t str, quotes: &str) -> Option<&'t str> {
    let inside = literal.strip_prefix(quotes)?.strip_suffix(quotes)?;
    (!inside.contains('\\') && !inside.contains(&quotes[..1])).then_some(inside)
}

/// Whether this is a name that can be no keyword.
fn is_plain_name(name: &str) -> bool {
    let is_word = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_no_keyword = name.contains('_') || name == "version" || name.bytes().all(|byte| byte.is_ascii_uppercase());
    is_word && is_no_keyword && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What stands in plain modules, and what only looks like it.
    const PARTS: &[&str] = &[
        "\"\"\"A text.\"\"\"",
        "\"\"\"\"\"\"",
        "\"\"\" a 'b' # c \"\"\"",
        "\"\"\"begun",
        "ended\"\"\"",
        "'''a'''",
        "\"a\" \"b\"",
        "__version__",
        "VERSION",
        "version",
        "version_info",
        "_",
        "A1",
        "1_0",
        "__debug__",
        "None",
        "print",
        "class",
        " = ",
        " = ",
        " = ",
        "=",
        " == ",
        "\"1.2.0\"",
        "'1.2.0'",
        "\"\"",
        "''",
        "\"a\\n\"",
        "\"a'b\"",
        "'a\"b'",
        "b'1'",
        "1",
        "(",
        ")",
        ";",
        ":",
        "\\",
        "# a comment",
        "#",
        " ",
        "    ",
        "\t",
        "\r",
        "\u{c}",
        "\u{0}",
        "\u{e9}",
        "\u{feff}",
        "\n",
        "\n",
        "\n",
        "\n\n",
        "__version__ = \"1.2.0\"\n",
        "VERSION = '1.3'\n",
        "\"\"\"A text.\"\"\"\n\n",
    ];

    fn said(module: &Module) -> String {
        let mut bound: Vec<_> = module.bound.iter().map(|bound| format!("{bound:?}")).collect();
        bound.sort();
        format!("{:?} {bound:?} {:?} {:?} {:?}", module.assignments, module.setup_calls, module.fault, module.doubt)
    }

    #[test]
    fn version_files_are_plain() {
        let text = "\"\"\"Demo.\"\"\"\n\n# The version.\n__version__ = \"1.2.0\"\n__author__ = 'A'  \nversion = ''";
        let module = read(text).unwrap();
        assert_eq!(said(&module), said(&Module::parsed(text)));
        assert_eq!(module.assignments.len(), 3);
        assert_eq!(&text[module.assignments[0].at.range()], "1.2.0");
        for other in [
            "x = 1\n",
            "import os\n",
            "__version__ = \"1\" # why\n",
            "None = \"\"\n",
            " __version__ = ''\n",
            "__version__ = \"\"\"1\"\"\"\n",
            "__version__ = '1\\n'\n",
            "__version__ = ''\r\n",
            // Of a text that no version is as long as, the parser's reader knows no value.
            &format!("__version__ = '{}'\n", "1".repeat(5000)),
        ] {
            assert!(read(other).is_none(), "{other:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_plain_module_says_what_the_parser_says(parts in prop::collection::vec(prop::sample::select(PARTS), 1..12)) {
            let text = parts.concat();
            if let Some(module) = read(&text) {
                prop_assert_eq!(said(&module), said(&Module::parsed(&text)));
            }
        }
    }
}
