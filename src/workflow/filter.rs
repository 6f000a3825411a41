//! GitHub's patterns for the names of branches and tags.
//!
//! Source: GitHub's documentation, "Workflow syntax for GitHub Actions", filter pattern cheat sheet.

/// The longest pattern that is read, in bytes: no longer name can be pushed.
const LONGEST: usize = 255;

/// One pattern of a list such as `tags:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Whether it takes back what patterns before it let in.
    pub negative: bool,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// Characters of a set: one, perhaps none, perhaps many.
    Characters { set: Set, optional: bool, repeated: bool },
    /// `**/`: folders, or none.
    Folders,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Set {
    Any,
    NoSlash,
    One(char),
    /// Ranges, both ends included.
    Of(Vec<(char, char)>),
}

impl Set {
    fn has(&self, c: char) -> bool {
        match self {
            Self::Any => true,
            Self::NoSlash => c != '/',
            Self::One(one) => *one == c,
            Self::Of(ranges) => ranges.iter().any(|(first, last)| (*first..=*last).contains(&c)),
        }
    }
}

impl Filter {
    /// `None` where GitHub documents no meaning: a range of other characters, `+` after nothing ...
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, pattern) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
        if pattern.is_empty() || pattern.len() > LONGEST {
            return None;
        }
        let mut parts = Vec::new();
        let mut quantified = true;
        let mut rest = pattern;
        while let Some(c) = rest.chars().next() {
            let starts_part = rest.len() == pattern.len() || matches!(parts.last(), Some(Part::Folders)) || {
                matches!(parts.last(), Some(Part::Characters { set: Set::One('/'), repeated: false, optional: false }))
            };
            rest = &rest[c.len_utf8()..];
            if matches!(c, '?' | '+') {
                let Some(Part::Characters { optional, repeated, .. }) = parts.last_mut().filter(|_| !quantified) else {
                    return None;
                };
                *optional |= c == '?';
                *repeated |= c == '+';
                quantified = true;
                continue;
            }
            let (part, after) = match c {
                '*' => wildcard(rest, starts_part),
                '[' => bracket(rest)?,
                '\\' => {
                    let escaped = rest.chars().next()?;
                    (one(Set::One(escaped)), &rest[escaped.len_utf8()..])
                }
                c => (one(Set::One(c)), rest),
            };
            quantified = part == Part::Folders;
            parts.push(part);
            rest = after;
        }
        Some(Self { negative, parts })
    }

    /// Whether the whole name fits the pattern, its `!` aside. Costs as much as both are long, multiplied.
    pub fn matches(&self, name: &str) -> bool {
        let mut states = vec![false; self.parts.len() + 1];
        self.enter(&mut states, 0);
        for c in name.chars() {
            let mut next = vec![false; states.len()];
            for (at, part) in self.parts.iter().enumerate().filter(|(at, _)| states[*at]) {
                match part {
                    Part::Folders => {
                        next[at] = true;
                        if c == '/' {
                            self.enter(&mut next, at + 1);
                        }
                    }
                    Part::Characters { set, repeated, .. } if set.has(c) => {
                        next[at] |= *repeated;
                        self.enter(&mut next, at + 1);
                    }
                    Part::Characters { .. } => {}
                }
            }
            states = next;
        }
        states.last().is_some_and(|reached| *reached)
    }

    /// Marks the part at `at` as next, and those after it that may be passed over.
    fn enter(&self, states: &mut [bool], at: usize) {
        states[at] = true;
        for (at, part) in self.parts.iter().enumerate().skip(at) {
            if matches!(part, Part::Characters { optional: false, .. }) {
                break;
            }
            states[at + 1] = true;
        }
    }
}

fn one(set: Set) -> Part {
    Part::Characters { set, optional: false, repeated: false }
}

/// What follows the first `*`, as a part, and what comes after that.
fn wildcard(rest: &str, starts_part: bool) -> (Part, &str) {
    if let Some(after) = rest.strip_prefix("*/").filter(|_| starts_part) {
        return (Part::Folders, after);
    }
    let (set, after) = rest.strip_prefix('*').map_or((Set::NoSlash, rest), |after| (Set::Any, after));
    (Part::Characters { set, optional: true, repeated: true }, after)
}

/// What follows `[`, as a part, and what comes after its `]`.
fn bracket(rest: &str) -> Option<(Part, &str)> {
    let (inside, after) = rest.split_once(']')?;
    let known = |c: char| c.is_ascii_alphanumeric();
    let mut ranges = Vec::new();
    let mut characters = inside.chars().peekable();
    while let Some(first) = characters.next() {
        let last = match characters.next_if_eq(&'-') {
            Some(_) => characters.next()?,
            None => first,
        };
        let alike = |of: fn(&char) -> bool| of(&first) && of(&last);
        let kind = alike(char::is_ascii_digit) || alike(char::is_ascii_lowercase) || alike(char::is_ascii_uppercase);
        if !known(first) || !kind || first > last {
            return None;
        }
        ranges.push((first, last));
    }
    (!ranges.is_empty()).then(|| (one(Set::Of(ranges)), after))
}
