//! Versions, tags and dates.

use relgate::date::Date;
use relgate::tag::{self, Habit, Reading, TagTemplate};
use relgate::version::Version;

/// The canonical spelling is the same version, and canonical; the order is one.
pub fn version(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let lines: Vec<&str> = text.split(' ').take(4).collect();
    let versions: Vec<Version> = lines.iter().filter_map(|text| Version::parse(text)).collect();
    for version in &versions {
        let written = version.to_string();
        let again = Version::parse(&written).unwrap_or_else(|| panic!("`{written}` is written and not read"));
        assert!(again == *version, "{written} is another version");
        assert_eq!(again.to_string(), written, "it is written in one way");
        assert!(version.final_release() >= *version || version.is_local() || version.is_post(), "{written}");
        assert!(version.same_release(&version.final_release()));
        let prefix = Version::parse_prefix(&written);
        assert!(prefix.is_some_and(|(prefix, end)| prefix == *version && end == written.len()), "{written}");
        for other in &versions {
            assert_eq!(version.cmp(other), other.cmp(version).reverse());
            for third in &versions {
                assert!(!(version <= other && other <= third) || version <= third, "the order is one");
            }
        }
    }
    if let Some((found, end)) = Version::parse_prefix(text) {
        assert!(Version::parse(&text[..end]) == Some(found));
    }
    Version::is_semver(text);
}

/// `TEMPLATE\nNAME\nTAG...`: what is printed is read back, and every place lies in the name.
pub fn tag(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.split('\n');
    let template = TagTemplate::parse(lines.next().unwrap_or_default()).ok();
    let name = lines.next().filter(|name| !name.is_empty());
    let tags: Vec<&str> = lines.collect();
    let mut habit = Habit::default();
    for tag in &tags {
        if let Reading::Release { start, .. } = tag::read_usual(tag, name) {
            habit.count(&tag[..start]);
        }
    }
    for tag in &tags {
        let may_be = tag::may_be_release(tag, template.as_ref(), name);
        for reading in [tag::read_usual(tag, name), tag::read(tag, template.as_ref(), name, &habit)] {
            assert!(may_be || reading == Reading::Other, "{tag}: {reading:?}");
            match reading {
                Reading::Release { version, start } => {
                    assert!(tag.is_char_boundary(start));
                    assert!(template.is_some() || Version::parse(&tag[start..]) == Some(version), "{tag}");
                }
                Reading::Faulty { start, .. } => assert!(tag.is_char_boundary(start), "{tag}"),
                Reading::Other => {}
            }
        }
        if let Some(name) = name {
            tag::names(tag, template.as_ref(), name);
        }
    }
    if let Some(template) = &template {
        let printed = template.print(name, "1.2.3");
        let read = tag::read(&printed, Some(template), name, &habit);
        // Names of packages begin and end with a letter or a digit (PEP 508); settings may name anything.
        let is_outer = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let named = name.is_some_and(|name| is_outer(name.chars().next()) && is_outer(name.chars().last()));
        if named {
            assert!(matches!(read, Reading::Release { .. }), "{printed}: {read:?}");
        }
    }
}

/// Text that is a date is that date's only spelling; a moment is a day or none.
pub fn date(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some(date) = Date::parse(text)
    {
        assert_eq!(date.to_string(), text);
        assert_eq!(Date::from_unix(date.day_number() * 86_400, 0), Some(date));
    }
    if let Some((seconds, rest)) = bytes.split_first_chunk()
        && let Some((minutes, _)) = rest.split_first_chunk()
    {
        Date::from_unix(i64::from_le_bytes(*seconds), i32::from_le_bytes(*minutes));
    }
}
