use super::*;

fn version(text: &str) -> Version {
    Version::parse(text).unwrap_or_else(|| panic!("{text} is a version"))
}

#[test]
fn spellings_of_one_version_are_equal() {
    for (one, other) in [
        ("1.0", "1.0.0"),
        ("1.0.0-rc.1", "1.0rc1"),
        ("1.0.0.RC1", "1.0.0c1"),
        ("1.0-preview", "1.0rc0"),
        ("1.0rc-", "1.0rc0"),
        ("1.0a.-1.dev", "1.0a0.post1.dev0"),
        ("v1.0", "1.0"),
        ("1.0-1", "1.0.post1"),
        ("1.0.rev_2", "1.0.post2"),
        ("2026.01.05", "2026.1.5"),
        ("1.0+Ubuntu-1", "1.0+ubuntu.1"),
        ("1.0beta2", "1.0b2"),
        ("0!1.0", "1.0"),
        (" 1.0\n", "1.0"),
        ("1.0.0000000000000000000000000000000000001", "1.0.1"),
    ] {
        assert_eq!(version(one), version(other), "{one} {other}");
    }
}

#[test]
fn versions_are_in_the_order_of_the_specification() {
    let ascending = [
        "1.0.dev0",
        "1.0a0.dev1",
        "1.0a0",
        "1.0a1",
        "1.0b1",
        "1.0rc9",
        "1.0rc10.dev1",
        "1.0rc10",
        "1.0",
        "1.0+abc",
        "1.0+abc.1",
        "1.0+5",
        "1.0+10",
        "1.0.post0.dev1",
        "1.0.post0",
        "1.0.1",
        "1.1",
        "1.10",
        "99999999999999999999",
        "100000000000000000000",
        "1!0.1",
    ];
    for pair in ascending.windows(2) {
        assert!(version(pair[0]) < version(pair[1]), "{} < {}", pair[0], pair[1]);
    }
}

#[test]
fn what_is_no_version_is_refused() {
    for text in [
        "",
        "v",
        "1.",
        "1.0-",
        "1.0-SNAPSHOT",
        "1.2bis",
        "1.0-nightly.1",
        "1.0+",
        "1.0+a..b",
        "a1",
        "1.0 0",
        "１.0",
        "1.0rc1rc2",
        "1!",
    ] {
        assert!(Version::parse(text).is_none(), "{text}");
    }
}

#[test]
fn the_canonical_spelling_keeps_the_written_numbers() {
    for (text, canonical) in [
        ("v01.0-RC.1", "1.0rc1"),
        ("1.0-Beta.2", "1.0b2"),
        ("1.0_alpha", "1.0a0"),
        ("1!2.0.0-1+A_b", "1!2.0.0.post1+a.b"),
        ("1.0.dev", "1.0.dev0"),
    ] {
        assert_eq!(version(text).to_string(), canonical);
    }
}

#[test]
fn a_prefix_ends_where_the_version_does() {
    let length = |text| Version::parse_prefix(text).map(|(_, length)| length);
    assert_eq!(length("1.2.0 (2024-01-01)"), Some(5));
    assert_eq!(length("1.2.0rc1] - x"), Some(8));
    assert_eq!(length("1.2.0, x"), Some(5));
    assert_eq!(length("1.2.0."), Some(5));
    assert_eq!(length("1.2x"), None);
    assert_eq!(length("1.2é"), None);
    assert_eq!(length("x1.2"), None);
    assert_eq!(length("2024-01-02"), None);
}

#[test]
fn semver_has_three_numbers_and_perhaps_a_prerelease() {
    for text in ["1.2.0", "1.2.0-rc.1", "1.2.0rc1", "1.2.0-nightly.1", "1.2.0.dev1"] {
        assert!(Version::is_semver(text), "{text}");
    }
    for text in ["1.2", "1.2.0.0", "1!1.2.0", "1.2.0.post1", "2026.01"] {
        assert!(!Version::is_semver(text), "{text}");
    }
}

#[test]
fn a_floating_tag_abbreviates() {
    assert!(version("1").abbreviates(&version("1.2.3")));
    assert!(version("1.2").abbreviates(&version("1.2.3rc1")));
    assert!(!version("1.2.3").abbreviates(&version("1.2.3")));
    assert!(!version("1.20").abbreviates(&version("1.2.3")));
}

#[test]
fn a_version_says_what_it_is() {
    let said = |text| {
        let version = version(text);
        let facts = [
            (version.is_prerelease(), "pre"),
            (version.is_dev(), "dev"),
            (version.is_post(), "post"),
            (version.has_implicit_post(), "implicit"),
            (version.is_local(), "local"),
            (version.is_zero(), "zero"),
            (version.is_placeholder(), "placeholder"),
        ];
        facts.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name).collect::<Vec<_>>().join(" ")
    };
    for (text, expected) in [
        ("1.0", ""),
        ("1.0rc1", "pre"),
        ("1.0.dev1", "pre dev placeholder"),
        ("1.0.post1", "post"),
        ("1.0-1", "post implicit"),
        ("1.0+x", "local placeholder"),
        ("0.0.0", "zero placeholder"),
        ("0.0.0rc1", "pre zero placeholder"),
        ("0.0.1", ""),
    ] {
        assert_eq!(said(text), expected, "{text}");
    }
    let long = version("1.20.99999999999999999999");
    assert_eq!((long.release_len(), version("7").release_len()), (3, 1));
    assert_eq!([0, 1, 2, 3].map(|index| long.release_number(index)), [1, 20, u64::MAX, 0]);
}

#[test]
fn a_release_is_known_by_its_numbers_whatever_follows() {
    for text in ["1.2.0rc1", "1.2.0.dev1", "1.2.0rc1.dev2+local", "1.2.0+local"] {
        assert_eq!(version(text).final_release().to_string(), "1.2.0");
        assert!(version(text).same_release(&version("1.2")), "{text}");
    }
    assert_eq!(version("1.2.0.post1").final_release().to_string(), "1.2.0.post1");
    for (one, other) in [("1.2", "1.3"), ("1!1.2", "1.2"), ("1!1.2", "2!1.3")] {
        assert!(!version(one).same_release(&version(other)), "{one} {other}");
        assert!(version(one) != version(other), "{one} {other}");
    }
}
