//! The changelogs that were read last.
//!
//! A release is compared with the one before it, and that one was judged a moment ago where many are: of tags that are pushed
//! or audited in their order, each changelog is read once.

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::Arc;

use super::pieces::Pieces;
use super::{Changelog, Markup, markup, parse, parse_beside};

/// How many are kept: what is judged, what it is compared with, and the same of another package.
const KEPT: usize = 4;

/// A longer text is not kept.
const LONGEST_KEPT: usize = 1 << 20;

/// From how many on it is to be expected that more will follow.
const MANY: usize = 2;

#[derive(Default)]
struct Recent {
    texts: Vec<Parsed>,
    pieces: Pieces,
}

struct Parsed {
    markup: Markup,
    name: Option<String>,
    text: Arc<Vec<u8>>,
    changelog: Rc<Changelog>,
}

thread_local! {
    // Whoever ends needs nothing put in order.
    static RECENT: ManuallyDrop<RefCell<Recent>> = ManuallyDrop::default();
}

/// As [`parse`]; the very same where it has just been read.
pub(super) fn parsed(path: &str, bytes: &Arc<Vec<u8>>, name: Option<&str>) -> Rc<Changelog> {
    if bytes.len() > LONGEST_KEPT {
        return Rc::new(parse(path, bytes, name));
    }
    RECENT.with(|recent| {
        let Recent { texts, pieces } = &mut *recent.borrow_mut();
        let markup = markup(path);
        let is_same = |known: &Parsed| known.markup == markup && known.name.as_deref() == name && known.text == *bytes;
        if let Some(at) = texts.iter().position(is_same) {
            return Rc::clone(&texts[at].changelog);
        }
        pieces.is_keeping = texts.len() >= MANY;
        let changelog = Rc::new(parse_beside(path, bytes, name, pieces));
        if texts.len() == KEPT {
            texts.remove(0);
        }
        texts.push(Parsed {
            markup,
            name: name.map(str::to_owned),
            text: Arc::clone(bytes),
            changelog: Rc::clone(&changelog),
        });
        changelog
    })
}
