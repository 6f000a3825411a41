//! Versions are equal and ordered as PyPA's `packaging` has it.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use relgate::version::Version;

use crate::support::run;
use crate::venv;

/// For each pair of lines: the sign of their order, `x` for what is no version, and the canonical spelling of the first.
const REFERENCE: &str = "
import sys
from packaging.version import InvalidVersion, Version

def read(text):
    try:
        return Version(text)
    except InvalidVersion:
        return None

for line in sys.stdin.buffer.read().decode().split('\\n')[:-1]:
    one, other = (read(text) for text in line.split('|'))
    if one is None or other is None:
        print('x' if one is None else '-', 'x' if other is None else '-')
    else:
        print('<' if one < other else '=' if one == other else '>', one, one.is_prerelease)
";

fn number() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[0-3]", 2 => "0[0-2]", 1 => "1[0-9]{0,22}"]
}

fn separated(words: &'static str) -> impl Strategy<Value = String> {
    ("[-_.]?", words, "[-_.]?", prop_oneof![number(), Just(String::new())])
        .prop_map(|(before, word, between, number)| format!("{before}{word}{between}{number}"))
}

fn maybe(part: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    prop_oneof![2 => Just(String::new()), 1 => part]
}

fn version() -> impl Strategy<Value = String> {
    let local = "\\+[a-b0-2]{1,2}([-_.][a-bA0-2]{1,2}){0,2}";
    let post = prop_oneof![separated("(post|rev|r|Post)"), number().prop_map(|number| format!("-{number}"))];
    let noise = prop_oneof![12 => Just(String::new()), 1 => "[ -~]{1,2}"];
    (
        prop_oneof![6 => Just(""), 1 => Just("v"), 1 => Just(" ")],
        maybe(number().prop_map(|number| format!("{number}!"))),
        proptest::collection::vec(number(), 1..4).prop_map(|numbers| numbers.join(".")),
        maybe(separated("(a|b|c|rc|alpha|beta|pre|preview|RC)")),
        maybe(post),
        maybe(separated("(dev|DEV)")),
        maybe(local.boxed()),
        noise,
    )
        .prop_map(|(lead, epoch, release, pre, post, dev, local, noise)| {
            format!("{lead}{epoch}{release}{pre}{post}{dev}{local}{noise}").replace('|', "")
        })
}

fn answer(one: &str, other: &str) -> String {
    match (Version::parse(one), Version::parse(other)) {
        (Some(one), Some(other)) => {
            let sign = match one.cmp(&other) {
                std::cmp::Ordering::Less => '<',
                std::cmp::Ordering::Equal => '=',
                std::cmp::Ordering::Greater => '>',
            };
            let prerelease = if one.is_prerelease() { "True" } else { "False" };
            format!("{sign} {one} {prerelease}")
        }
        (one, other) => {
            format!("{} {}", if one.is_none() { 'x' } else { '-' }, if other.is_none() { 'x' } else { '-' })
        }
    }
}

#[test]
fn generated_versions_are_read_and_ordered_as_packaging_does() {
    let mut runner = TestRunner::new(Config::default());
    let pairs: Vec<(String, String)> =
        (0..20_000).map(|_| (version(), version()).new_tree(&mut runner).unwrap().current()).collect();
    let input: String = pairs.iter().map(|(one, other)| format!("{one}|{other}\n")).collect();
    let reference = run(std::process::Command::new(venv::programs().join("python")).args(["-c", REFERENCE]), &input);
    assert_eq!(reference.code, 0, "{}", reference.err);
    let expected: Vec<&str> = reference.out.lines().collect();
    assert_eq!(expected.len(), pairs.len());
    let mut valid = 0;
    for ((one, other), expected) in pairs.iter().zip(expected) {
        assert_eq!(answer(one, other), expected, "{one:?} and {other:?}");
        valid += usize::from(!expected.starts_with(['x', '-']));
    }
    assert!(valid > 5_000, "only {valid} pairs were versions");
}
