//! Files that Python's `configparser` reads: setup.cfg, .bumpversion.cfg.

use crate::finding::Span;

/// The options of a file, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Ini {
    options: Vec<Setting>,
    sections: Vec<String>,
}

/// One option.
#[derive(Debug)]
pub(super) struct Setting {
    section: String,
    /// Lower case, as `configparser` gives it.
    name: String,
    /// Its lines without surrounding white space; comments and blank lines left out.
    pub(super) lines: Vec<(Span, String)>,
}

impl Setting {
    /// The whole value, white space round it and comments left out.
    pub(super) fn value(&self) -> String {
        self.filled().map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// The bytes from the first line of the value to the last.
    pub(super) fn span(&self) -> Span {
        let start = self.filled().next().or(self.lines.first()).map_or(0, |(span, _)| span.start);
        let end = self.filled().last().or(self.lines.first()).map_or(start, |(span, _)| span.end);
        Span::new(start, end.max(start))
    }

    fn filled(&self) -> impl Iterator<Item = &(Span, String)> {
        self.lines.iter().filter(|(_, line)| !line.is_empty())
    }
}

impl Ini {
    pub(super) fn parse(text: &str) -> Self {
        let mut ini = Self::default();
        let mut section = String::new();
        let mut indent = 0;
        let mut open = false;
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let at = start;
            start += line.len();
            let line = if at == 0 { line.trim_start_matches('\u{feff}') } else { line };
            let at = start - line.len();
            let bare = line.trim_end();
            let content = bare.trim_start();
            if content.is_empty() || content.starts_with(['#', ';']) {
                continue;
            }
            let depth = bare.len() - content.len();
            if depth > indent
                && open
                && let Some(option) = ini.options.last_mut()
            {
                option.lines.push((Span::new(at + depth, at + bare.len()), content.to_owned()));
                continue;
            }
            indent = depth;
            if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                name.0.clone_into(&mut section);
                ini.sections.push(section.clone());
                open = false;
            } else if let Some(delimiter) = content.find(['=', ':']) {
                let value = content[delimiter + 1..].trim_start();
                let span = Span::new(at + bare.len() - value.len(), at + bare.len());
                let name = content[..delimiter].trim_end().to_lowercase();
                let lines = vec![(span, value.to_owned())];
                ini.options.push(Setting { section: section.clone(), name, lines });
                open = true;
            }
        }
        ini
    }

    /// The last option of this name, which is the one that counts.
    pub(super) fn get(&self, section: &str, name: &str) -> Option<&Setting> {
        self.options.iter().rev().find(|option| option.section == section && option.name == name)
    }

    pub(super) fn has_section(&self, name: &str) -> bool {
        self.sections.iter().any(|section| section == name)
    }

    /// The names of all sections, as written between the brackets.
    pub(super) fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_bytes_that_state_them() {
        let text = "\u{feff}[metadata]\r\nname : demo\r\n# version = 9\r\nVersion =\r\n  1.2.3 \r\n[options]\r\npackage_dir =\n    = lib\n    x = y\n[a]\nversion=8";
        let ini = Ini::parse(text);
        let version = ini.get("metadata", "version").unwrap();
        assert_eq!((version.value().as_str(), &text[version.span().range()]), ("1.2.3", "1.2.3"));
        assert_eq!(ini.get("metadata", "name").unwrap().value(), "demo");
        assert_eq!(ini.get("options", "package_dir").unwrap().value(), "= lib\nx = y");
        assert_eq!(ini.get("a", "version").unwrap().value(), "8");
        assert!(ini.get("metadata", "lib").is_none() && ini.has_section("a"));
    }

    #[test]
    fn anything_is_read_without_a_fault() {
        for text in ["", "=", "[", "[]", "  x", "[a]\n=", "a\n b\n", "[a]\nx\n y = 1", "\u{feff}", "é = é"] {
            let ini = Ini::parse(text);
            for option in &ini.options {
                assert!(text.get(option.span().range()).is_some(), "{text:?}");
            }
        }
    }
}
