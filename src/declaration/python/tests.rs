use proptest::prelude::*;

use super::*;

/// What `__version__` is bound to at import, as the text of the version, and the bytes that state it.
fn bound(text: &str) -> Option<(String, &str)> {
    match Module::parse(text).bound("__version__") {
        Some(Bound::Value(value, at)) => Some((value.version_text(), &text[at.range()])),
        _ => None,
    }
}

#[test]
fn the_value_at_import_is_known_and_has_its_bytes() {
    for (text, value, bytes) in [
        ("__version__ = '1.2.3'", "1.2.3", "1.2.3"),
        ("\u{feff}__version__ = \"1.2.3\"\r\n", "1.2.3", "1.2.3"),
        ("__version__: Final[str] = u'''1.2.3'''", "1.2.3", "1.2.3"),
        ("__version__ = ('1.2.3')", "1.2.3", "1.2.3"),
        ("__version__ = ('1.2'\n '.3')", "1.2.3", "'1.2'\n '.3'"),
        ("a = __version__ = b = '1.2.3'", "1.2.3", "1.2.3"),
        ("__version__, b = '1.2.3', 'x'", "1.2.3", "1.2.3"),
        ("V = (1, 2, '3')\n__version__ = '.'.join(str(v) for v in V)", "1.2.3", "'.'.join(str(v) for v in V)"),
        ("V = '1.2.3'\n__version__ = V", "1.2.3", "1.2.3"),
        ("__version__ = '1'\n__version__ = '1.2.3'", "1.2.3", "1.2.3"),
        ("__version__ = '1.2'\n__version__ += '.3'", "1.2.3", "'.3'"),
        ("if x:\n  __version__ = '1.2'\nelse:\n  __version__ = '1.2'", "1.2", "1.2"),
        ("with x:\n  __version__ = '1.2'", "1.2", "1.2"),
        ("__version__ = (1, 2)", "1.2", "(1, 2)"),
        ("M = 1\n__version__ = f'{M}.{2!s}' f'.3'", "1.2.3", "f'{M}.{2!s}' f'.3'"),
        ("__version__ = '%s.%d%%' % ('a', 2)", "a.2%", "'%s.%d%%' % ('a', 2)"),
        ("__version__ = '{1}.{0}.{x}'.format(2, 1, x=3)", "1.2.3", "'{1}.{0}.{x}'.format(2, 1, x=3)"),
        ("__version__ = 'v1.2.3'[1:-2]", "1.2", "'v1.2.3'[1:-2]"),
        ("V = (1, 2, 3)\n__version__ = V[:2] + (V[-1],)", "1.2.3", "V[:2] + (V[-1],)"),
    ] {
        assert_eq!(bound(text), Some((value.to_owned(), bytes)), "{text}");
    }
}

#[test]
fn what_cannot_be_known_is_not_guessed() {
    for text in [
        "",
        "'''\n__version__ = '1'\n'''",
        "# __version__ = '1'",
        "def f():\n  __version__ = '1'",
        "class C:\n  __version__ = '1'",
        "if x:\n  __version__ = '1'",
        "if x:\n  __version__ = '1'\nelif y:\n  __version__ = '1'",
        "__version__ = '1'\nif x:\n  __version__ = '2'",
        "try:\n  __version__ = f()\nexcept E:\n  __version__ = '1'",
        "for __version__ in x: pass",
        "while x:\n  __version__ = '1'",
        "match x:\n  case 1:\n    __version__ = '1'",
        "__version__ = '1'\ndel __version__",
        "__version__ = '1'\ndef __version__(): pass",
        "__version__ = '1'\nimport __version__",
        "__version__ = '1'\n(__version__, x) = f()",
        "__version__ = '1'\n[x, *__version__] = f()",
        "__version__ = version('x')",
        "__version__ = b'1'",
        "__version__ = '1' if x else '2'",
        "__version__ = f'{x}'",
        "__version__ = f'{1:02}'",
        "__version__ = '%x' % 1",
        "__version__ = '{'.format()",
        "__version__ = '1.2'[5]",
        "__version__ = 'x' * 1000000000",
        "x.__version__ = '1'",
        "global __version__",
    ] {
        assert_eq!(bound(text), None, "{text}");
    }
}

#[test]
fn imports_are_kept_for_those_who_know_the_files() {
    let module = Module::parse("from ..a.b import c as __version__\nv = __version__\nif x: pass\n");
    let expected = Bound::Import { level: 2, module: "a.b".to_owned(), name: "c".to_owned() };
    assert_eq!(module.bound("__version__"), Some(&expected));
    assert_eq!(module.bound("v"), Some(&expected));
}

#[test]
fn what_stands_before_a_fault_counts() {
    let text = "__version__ = '1.2.3'\ndef f(:\n__version__ = '2'\n";
    let module = Module::parse(text);
    let (at, reason) = module.fault.as_ref().unwrap();
    assert!(text[..at.start].contains("def f(") && !reason.is_empty());
    assert_eq!(bound(text), Some(("1.2.3".to_owned(), "1.2.3")));
    assert_eq!(bound("print 'x'\n__version__ = '1'"), None);
    assert_eq!(bound("__version__ = '1.2"), None);
}

#[test]
fn the_call_of_setup_is_found_wherever_it_stands() {
    for text in [
        "setup(version='1.2.3')",
        "import setuptools\nsetuptools.setup(name='x', version='1.2.3')",
        "V = '1.2.3'\nif __name__ == '__main__':\n    setup(version=V, **kw)",
        "V = '1.2.3'\ndef main():\n    with x:\n        setup(version=V)",
    ] {
        let module = Module::parse(text);
        let version = module.setup_calls[0].keywords.iter().find(|keyword| keyword.name == "version").unwrap();
        assert_eq!(version.value, Some(Value::Text("1.2.3".to_owned())), "{text}");
        assert_eq!(&text[version.at.range()], "1.2.3");
    }
}

#[test]
fn depth_and_length_cost_neither_the_stack_nor_much_time() {
    let nested = |open: &str, close: &str| format!("x = {}1{}", open.repeat(50_000), close.repeat(50_000));
    for text in [
        nested("(", ")"),
        nested("[", "]"),
        nested("-", ""),
        nested("1+", ""),
        nested("", ".a"),
        nested("f(", ")"),
        nested("lambda:", ""),
        format!("{}x", "a = ".repeat(100_000)),
        format!("if a: b = 1\n{}", (0..50_000).map(|n| format!("elif a: b{n} = 1\n")).collect::<String>()),
        format!("a = 'x'\n{}", "a = a + a\n".repeat(100_000)),
    ] {
        Module::parse(&text);
    }
}

proptest! {
    #[test]
    fn any_text_is_read_and_every_place_lies_in_it(
        text in "(__version__|VERSION|[a-z]|=|:|'|\"|\\(|\\)|\\[|\\]|,|\\.|[0-9]|f'|\\{|\\}|%|\\+|\n|  | |if|else|try|é|\\\\|#|del|import|from|\u{feff}|\r){0,60}"
    ) {
        let module = Module::parse(&text);
        for assignment in &module.assignments {
            prop_assert!(text.get(assignment.at.range()).is_some());
        }
        if let Some((at, _)) = &module.fault {
            prop_assert!(text.get(at.range()).is_some());
        }
        for bound in module.bound.values() {
            prop_assert!(text.get(place(bound).range()).is_some());
        }
    }

    #[test]
    fn a_string_has_its_own_bytes(version in "[0-9a-z.+!-]{1,20}", quote in "'|\"|'''|\"\"\"", prefix in "|r|u|R|b") {
        let text = format!("x = 1\n__version__ = {prefix}{quote}{version}{quote}\n");
        let expected = (prefix != "b").then(|| (version.clone(), version.as_str()));
        prop_assert_eq!(bound(&text), expected);
    }
}
