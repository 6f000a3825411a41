//! The changelogs that were read last.
//!
//! A release is compared with the one before it, and that one was judged a moment ago where many are: of tags that are pushed
//! or audited in their order, each changelog is read once.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::{Changelog, Markup, markup, parse};

/// How many are kept: what is judged, what it is compared with, and the same of another package.
const KEPT: usize = 4;

/// A longer text is not kept.
const LONGEST_KEPT: usize = 1 << 20;

struct Parsed {
    markup: Markup,
    name: Option<String>,
    text: Arc<Vec<u8>>,
    changelog: Rc<Changelog>,
}

thread_local! {
    static PARSED: RefCell<Vec<Parsed>> = const { RefCell::new(Vec::new()) };
}

/// As [`parse`]; the very same where it has just been read.
pub(super) fn parsed(path: &str, bytes: &Arc<Vec<u8>>, name: Option<&str>) -> Rc<Changelog> {
    if bytes.len() > LONGEST_KEPT {
        return Rc::new(parse(path, bytes, name));
    }
    PARSED.with_borrow_mut(|kept| {
        let markup = markup(path);
        let is_same = |known: &Parsed| known.markup == markup && known.name.as_deref() == name && known.text == *bytes;
        if let Some(at) = kept.iter().position(is_same) {
            return Rc::clone(&kept[at].changelog);
        }
        let changelog = Rc::new(parse(path, bytes, name));
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push(Parsed {
            markup,
            name: name.map(str::to_owned),
            text: Arc::clone(bytes),
            changelog: Rc::clone(&changelog),
        });
        changelog
    })
}
