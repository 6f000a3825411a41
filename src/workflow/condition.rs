//! The conditions of jobs and steps, as far as the name of what was pushed decides them.
//!
//! Source: GitHub's documentation, "Evaluate expressions in workflows and actions".

use super::Event;

/// How deep parentheses are followed.
const DEEPEST: usize = 32;

/// Whether the condition holds at that event; `None` where something else decides it.
pub(super) fn holds(condition: &str, event: Event<'_>) -> Option<bool> {
    evaluate(condition, event)?.truth()
}

/// Whether the condition is asked although a job that was needed did not run.
pub(super) fn is_asked_after_a_skip(condition: &str) -> bool {
    let lower = condition.to_ascii_lowercase();
    ["always", "cancelled", "failure"].iter().any(|name| lower.contains(name))
}

fn evaluate(condition: &str, event: Event<'_>) -> Option<Value> {
    let text = bare(condition)?;
    let mut reader = Reader { rest: text, event, depth: 0 };
    let value = reader.or()?;
    reader.rest.trim_start().is_empty().then_some(value)
}

/// The expression without its `${{ }}`; `None` where these stand inside a longer text, which is then a text and no
/// expression.
fn bare(condition: &str) -> Option<&str> {
    if !condition.contains("${{") {
        return Some(condition.trim());
    }
    let inside = condition.strip_prefix("${{")?.strip_suffix("}}")?;
    (!inside.contains("${{") && !inside.contains("}}")).then(|| inside.trim())
}

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Unknown,
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// A text that has one of these beginnings, none of which is empty, and goes on unknown.
    Beginning(&'static [&'static str]),
}

impl Value {
    fn truth(&self) -> Option<bool> {
        match self {
            Self::Unknown => None,
            Self::Null => Some(false),
            Self::Bool(value) => Some(*value),
            Self::Number(value) => Some(*value != 0.0 && !value.is_nan()),
            Self::Text(text) => Some(!text.is_empty()),
            Self::Beginning(_) => Some(true),
        }
    }

    fn of(known: Option<bool>) -> Self {
        known.map_or(Self::Unknown, Self::Bool)
    }

    /// As GitHub makes a text of it, in lower case: its comparisons ignore case.
    fn folded(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.to_lowercase()),
            Self::Null => Some(String::new()),
            Self::Bool(value) => Some(value.to_string()),
            _ => None,
        }
    }

    /// As GitHub makes a number of it, to compare what is of two kinds.
    fn number(&self) -> Option<f64> {
        match self {
            Self::Null => Some(0.0),
            Self::Bool(value) => Some(f64::from(u8::from(*value))),
            Self::Number(value) => Some(*value),
            Self::Text(text) if text.trim().is_empty() => Some(0.0),
            Self::Text(text) => Some(text.trim().parse().unwrap_or(f64::NAN)),
            Self::Unknown | Self::Beginning(_) => None,
        }
    }

    fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => Some(a.to_lowercase() == b.to_lowercase()),
            (Self::Beginning(known), Self::Text(text)) | (Self::Text(text), Self::Beginning(known)) => {
                let text = text.to_lowercase();
                (!known.iter().any(|known| text.starts_with(known))).then_some(false)
            }
            _ => self.number().zip(other.number()).map(|(a, b)| a == b),
        }
    }

    fn starts_with(&self, start: &Self) -> Option<bool> {
        let start = start.folded()?;
        match self {
            Self::Beginning(known) if known.iter().all(|known| known.starts_with(&start)) => Some(true),
            Self::Beginning(known) if known.iter().any(|known| start.starts_with(known)) => None,
            Self::Beginning(known) => (!known.iter().any(|known| known.starts_with(&start))).then_some(false),
            _ => Some(self.folded()?.starts_with(&start)),
        }
    }

    fn ends_with(&self, end: &Self) -> Option<bool> {
        Some(self.folded()?.ends_with(&end.folded()?))
    }

    fn contains(&self, part: &Self) -> Option<bool> {
        let part = part.folded()?;
        match self {
            Self::Beginning(known) => known.iter().all(|known| known.contains(&part)).then_some(true),
            _ => Some(self.folded()?.contains(&part)),
        }
    }
}

/// Reads an expression and evaluates it at once; `None` where it cannot be read.
struct Reader<'t> {
    rest: &'t str,
    event: Event<'t>,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn take(&mut self, word: &str) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn or(&mut self) -> Option<Value> {
        let mut left = self.and()?;
        while self.take("||") {
            let right = self.and()?;
            left = match (left.truth(), right.truth()) {
                (Some(true), _) => left,
                (Some(false), _) => right,
                (None, Some(true)) => Value::Bool(true),
                (None, _) => Value::Unknown,
            };
        }
        Some(left)
    }

    fn and(&mut self) -> Option<Value> {
        let mut left = self.comparison()?;
        while self.take("&&") {
            let right = self.comparison()?;
            left = match (left.truth(), right.truth()) {
                (Some(false), _) => left,
                (Some(true), _) => right,
                (None, Some(false)) => Value::Bool(false),
                (None, _) => Value::Unknown,
            };
        }
        Some(left)
    }

    fn comparison(&mut self) -> Option<Value> {
        let mut left = self.unary()?;
        loop {
            let (equal, other) = (self.take("=="), self.take("!="));
            if equal || other {
                let right = self.unary()?;
                left = Value::of(left.equals(&right).map(|same| same == equal));
            } else if ["<=", ">=", "<", ">"].into_iter().any(|sign| self.take(sign)) {
                self.unary()?;
                left = Value::Unknown;
            } else {
                return Some(left);
            }
        }
    }

    fn unary(&mut self) -> Option<Value> {
        let mut negated = false;
        let mut turned = false;
        while self.take("!") {
            (negated, turned) = (true, !turned);
        }
        let value = self.primary()?;
        Some(if negated { Value::of(value.truth().map(|truth| truth != turned)) } else { value })
    }

    fn primary(&mut self) -> Option<Value> {
        if self.take("(") {
            return self.nested(|reader| {
                let value = reader.or()?;
                reader.take(")").then_some(value)
            });
        }
        if self.take("'") {
            return self.text();
        }
        let length = self.rest.find(|c: char| !(c.is_alphanumeric() || "_-.*".contains(c))).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        if word.is_empty() {
            return None;
        }
        if self.take("(") {
            return self.nested(|reader| reader.call(word));
        }
        if self.take("[") {
            // An index: what it picks is not known, nor is what follows it.
            return self.nested(|reader| {
                reader.or()?;
                reader.take("]").then_some(())?;
                let after = reader.rest.find(|c: char| !(c.is_alphanumeric() || "_-.*".contains(c)));
                reader.rest = &reader.rest[after.unwrap_or(reader.rest.len())..];
                Some(Value::Unknown)
            });
        }
        Some(self.named(word))
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Option<Value>) -> Option<Value> {
        self.depth += 1;
        let value = if self.depth > DEEPEST { None } else { read(self) };
        self.depth -= 1;
        value
    }

    /// What follows a quote; a quote in it is written twice.
    fn text(&mut self) -> Option<Value> {
        let mut text = String::new();
        loop {
            let (part, rest) = self.rest.split_once('\'')?;
            text.push_str(part);
            self.rest = rest;
            match rest.strip_prefix('\'') {
                Some(rest) => {
                    text.push('\'');
                    self.rest = rest;
                }
                None => return Some(Value::Text(text)),
            }
        }
    }

    fn call(&mut self, name: &str) -> Option<Value> {
        let mut arguments = Vec::new();
        while !self.take(")") {
            if !arguments.is_empty() && !self.take(",") {
                return None;
            }
            arguments.push(self.or()?);
        }
        Some(match (name.to_ascii_lowercase().as_str(), arguments.as_slice()) {
            ("success" | "always", []) => Value::Bool(true),
            ("failure" | "cancelled", []) => Value::Bool(false),
            ("startswith", [text, start]) => Value::of(text.starts_with(start)),
            ("endswith", [text, end]) => Value::of(text.ends_with(end)),
            ("contains", [text, part]) => Value::of(text.contains(part)),
            _ => Value::Unknown,
        })
    }

    fn named(&self, word: &str) -> Value {
        let lower = word.to_ascii_lowercase();
        match lower.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            "github.ref" | "github.event.ref" => match self.event {
                Event::Tag(name) => Value::Text(format!("refs/tags/{name}")),
                Event::Branch => Value::Beginning(&["refs/heads/"]),
                Event::PullRequest if lower == "github.ref" => Value::Beginning(&["refs/pull/", "refs/heads/"]),
                Event::PullRequest => Value::Unknown,
            },
            "github.ref_name" => match self.event {
                Event::Tag(name) => Value::Text(name.to_owned()),
                Event::Branch | Event::PullRequest => Value::Unknown,
            },
            "github.ref_type" => Value::Text(if matches!(self.event, Event::Tag(_)) { "tag" } else { "branch" }.into()),
            "github.event_name" => match self.event {
                Event::Tag(_) | Event::Branch => Value::Text("push".to_owned()),
                Event::PullRequest => Value::Beginning(&["pull_request", "merge_group"]),
            },
            _ if matches!(self.event, Event::PullRequest) => Value::Unknown,
            "github.event.action" | "github.head_ref" | "github.base_ref" => Value::Null,
            // A push has none of these.
            name if ["github.event.release.", "github.event.pull_request.", "github.event.inputs.", "inputs."]
                .iter()
                .any(|start| name.starts_with(start)) =>
            {
                Value::Null
            }
            number => number.parse().map_or(Value::Unknown, Value::Number),
        }
    }
}
