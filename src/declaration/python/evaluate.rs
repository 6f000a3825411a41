//! The value of an expression, as far as literals and known names make it.

use ruff_python_ast::{
    Arguments, ConversionFlag, Expr, ExprCall, ExprName, FStringPart, InterpolatedStringElement, Number, Operator,
};

use super::{Bound, Walk};

/// How deep expressions are followed.
const DEEPEST: usize = 40;

/// The largest value that is built, in bytes or items: no version is longer.
const LARGEST: usize = 4096;

/// A value of which versions are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    /// A number as `str()` writes it.
    Number(String),
    Tuple(Vec<Value>),
}

impl Value {
    /// The version text that setuptools and readers of `VERSION = (1, 2)` make of it: a sequence is joined with dots.
    pub(crate) fn version_text(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) => text.clone(),
            Self::Tuple(items) => items.iter().map(Self::version_text).collect::<Vec<_>>().join("."),
        }
    }

    /// `str(value)`, but for sequences.
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Tuple(_) => None,
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Text(text) | Self::Number(text) => text.len(),
            Self::Tuple(items) => items.iter().map(|item| item.size() + 1).sum(),
        }
    }
}

/// Whether `ast.literal_eval` takes the expression (strings, numbers and sequences of them; the rest is no version).
pub(super) fn is_literal(expression: &Expr) -> bool {
    fn check(expression: &Expr, depth: usize) -> bool {
        match expression {
            Expr::StringLiteral(_) | Expr::NumberLiteral(_) => true,
            Expr::Tuple(tuple) => depth < DEEPEST && tuple.elts.iter().all(|item| check(item, depth + 1)),
            Expr::List(list) => depth < DEEPEST && list.elts.iter().all(|item| check(item, depth + 1)),
            _ => false,
        }
    }
    check(expression, 0)
}

impl Walk<'_> {
    /// `None` where the expression is not made of literals and known names alone.
    pub(super) fn evaluate(&self, expression: &Expr) -> Option<Value> {
        self.value(expression, 0)
    }

    /// The value of `name += value`.
    pub(super) fn evaluate_sum(&self, name: &ExprName, operator: Operator, value: &Expr) -> Option<Value> {
        binary(self.name(name)?, operator, self.value(value, 0)?)
    }

    fn value(&self, expression: &Expr, depth: usize) -> Option<Value> {
        if depth > DEEPEST {
            return None;
        }
        let value = match expression {
            Expr::StringLiteral(literal) => Value::Text(literal.value.to_str().to_owned()),
            Expr::NumberLiteral(literal) => number(&literal.value)?,
            Expr::Name(name) => self.name(name)?,
            Expr::Tuple(tuple) => self.sequence(&tuple.elts, depth)?,
            Expr::List(list) => self.sequence(&list.elts, depth)?,
            Expr::BinOp(sum) => binary(self.value(&sum.left, depth + 1)?, sum.op, self.value(&sum.right, depth + 1)?)?,
            Expr::FString(text) => self.interpolated(text.value.as_slice(), depth)?,
            Expr::Call(call) => self.call(call, depth)?,
            Expr::Subscript(subscript) => {
                let whole = self.value(&subscript.value, depth + 1)?;
                self.part(&whole, &subscript.slice)?
            }
            _ => return None,
        };
        (value.size() <= LARGEST).then_some(value)
    }

    fn name(&self, name: &ExprName) -> Option<Value> {
        match self.lookup(name.id.as_str())? {
            Bound::Value(value, _) => Some(value.clone()),
            Bound::Import { .. } | Bound::Unknown(_) => None,
        }
    }

    fn sequence(&self, items: &[Expr], depth: usize) -> Option<Value> {
        if items.len() > LARGEST {
            return None;
        }
        items.iter().map(|item| self.value(item, depth + 1)).collect::<Option<_>>().map(Value::Tuple)
    }

    fn interpolated(&self, parts: &[FStringPart], depth: usize) -> Option<Value> {
        let mut text = String::new();
        for part in parts {
            let FStringPart::FString(part) = part else {
                if let FStringPart::Literal(literal) = part {
                    text.push_str(literal.as_str());
                }
                continue;
            };
            for element in &part.elements {
                match element {
                    InterpolatedStringElement::Literal(literal) => text.push_str(&literal.value),
                    InterpolatedStringElement::Interpolation(hole) => {
                        let plain = hole.format_spec.is_none() && hole.debug_text.is_none();
                        if !plain || !matches!(hole.conversion, ConversionFlag::None | ConversionFlag::Str) {
                            return None;
                        }
                        text.push_str(self.value(&hole.expression, depth + 1)?.text()?);
                    }
                }
                if text.len() > LARGEST {
                    return None;
                }
            }
        }
        Some(Value::Text(text))
    }

    fn call(&self, call: &ExprCall, depth: usize) -> Option<Value> {
        let Arguments { args, keywords, .. } = &call.arguments;
        match call.func.as_ref() {
            Expr::Name(name) if name.id.as_str() == "str" && args.len() == 1 && keywords.is_empty() => {
                Some(Value::Text(self.value(&args[0], depth + 1)?.text()?.to_owned()))
            }
            Expr::Name(name) if matches!(name.id.as_str(), "tuple" | "list") && args.len() == 1 => {
                self.value(&args[0], depth + 1).filter(|value| matches!(value, Value::Tuple(_)))
            }
            Expr::Attribute(method) => {
                let Value::Text(text) = self.value(&method.value, depth + 1)? else { return None };
                match (method.attr.id.as_str(), args.as_ref()) {
                    ("join", [items]) => self.join(&text, items, depth + 1),
                    ("format", _) if !args.iter().any(Expr::is_starred_expr) || args.len() == 1 => {
                        self.format(&text, args, keywords, depth + 1)
                    }
                    ("strip", []) => Some(Value::Text(text.trim().to_owned())),
                    ("lower", []) => Some(Value::Text(text.to_lowercase())),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `text.join(items)`, where `items` may be `map(str, X)` or `str(x) for x in X`.
    fn join(&self, text: &str, items: &Expr, depth: usize) -> Option<Value> {
        let over = |generators: &[ruff_python_ast::Comprehension], element: &Expr| {
            let [only] = generators else { return None };
            let item = only.target.as_name_expr()?.id.as_str();
            let plain = |value: &Expr| value.as_name_expr().is_some_and(|name| name.id.as_str() == item);
            let as_text = match element {
                Expr::Call(call) => {
                    call.func.as_name_expr().is_some_and(|name| name.id.as_str() == "str")
                        && matches!(call.arguments.args.as_ref(), [argument] if plain(argument))
                }
                other => plain(other),
            };
            (only.ifs.is_empty() && as_text).then(|| self.value(&only.iter, depth)).flatten()
        };
        let items = match items {
            Expr::Call(call) if call.func.as_name_expr().is_some_and(|name| name.id.as_str() == "map") => {
                let [function, items] = call.arguments.args.as_ref() else { return None };
                function.as_name_expr().filter(|name| name.id.as_str() == "str")?;
                self.value(items, depth)?
            }
            Expr::Generator(generator) => over(&generator.generators, &generator.elt)?,
            Expr::ListComp(list) => over(&list.generators, &list.elt)?,
            other => self.value(other, depth)?,
        };
        let Value::Tuple(items) = items else { return None };
        let texts: Option<Vec<&str>> = items.iter().map(Value::text).collect();
        Some(Value::Text(texts?.join(text)))
    }

    /// `text.format(...)` with `{}`, `{0}` and `{name}`.
    fn format(&self, text: &str, args: &[Expr], keywords: &[ruff_python_ast::Keyword], depth: usize) -> Option<Value> {
        let positional = match args {
            [Expr::Starred(starred)] => match self.value(&starred.value, depth)? {
                Value::Tuple(items) => items,
                _ => return None,
            },
            args => args.iter().map(|argument| self.value(argument, depth)).collect::<Option<_>>()?,
        };
        let mut made = String::new();
        let mut rest = text;
        let mut next = 0;
        while let Some(at) = rest.find(['{', '}']) {
            made.push_str(&rest[..at]);
            let hole = rest[at..].strip_prefix('{')?;
            let end = hole.find('}')?;
            let field = &hole[..end];
            let value = if field.is_empty() {
                next += 1;
                positional.get(next - 1)?.clone()
            } else if let Ok(index) = field.parse::<usize>() {
                positional.get(index)?.clone()
            } else {
                let named = |keyword: &&ruff_python_ast::Keyword| {
                    keyword.arg.as_ref().is_some_and(|name| name.id.as_str() == field)
                };
                self.value(&keywords.iter().find(named)?.value, depth)?
            };
            made.push_str(value.text()?);
            if made.len() > LARGEST {
                return None;
            }
            rest = &hole[end + 1..];
        }
        made.push_str(rest);
        Some(Value::Text(made))
    }

    /// `whole[index]` and `whole[from:to]`.
    fn part(&self, whole: &Value, slice: &Expr) -> Option<Value> {
        let length = match whole {
            Value::Tuple(items) => items.len(),
            Value::Text(text) if text.is_ascii() => text.len(),
            _ => return None,
        };
        let (start, end, single) = match slice {
            Expr::Slice(slice) if slice.step.is_none() => {
                let start = slice.lower.as_ref().map_or(Some(0), |lower| position(lower, length))?;
                let end = slice.upper.as_ref().map_or(Some(length), |upper| position(upper, length))?;
                (start.min(length), end.clamp(start.min(length), length), false)
            }
            index => {
                let index = position(index, length).filter(|index| *index < length)?;
                (index, index + 1, true)
            }
        };
        match whole {
            Value::Tuple(items) if single => items.get(start).cloned(),
            Value::Tuple(items) => Some(Value::Tuple(items[start..end].to_vec())),
            Value::Text(text) => Some(Value::Text(text[start..end].to_owned())),
            Value::Number(_) => None,
        }
    }
}

/// An index that is written as a number, counted from the start; a negative one counts from the end.
fn position(index: &Expr, length: usize) -> Option<usize> {
    let plain = |expression: &Expr| match &expression.as_number_literal_expr()?.value {
        Number::Int(number) => number.as_usize(),
        _ => None,
    };
    match index {
        Expr::UnaryOp(minus) if minus.op == ruff_python_ast::UnaryOp::USub => {
            Some(length.saturating_sub(plain(&minus.operand)?))
        }
        other => plain(other),
    }
}

fn number(number: &Number) -> Option<Value> {
    match number {
        Number::Int(int) => Some(Value::Number(int.as_i64()?.to_string())),
        // Rust and Python agree on the shortest digits of numbers of this size.
        Number::Float(float) if (1e-4..1e15).contains(float) || *float == 0.0 => {
            Some(Value::Number(format!("{float:?}")))
        }
        Number::Float(_) | Number::Complex { .. } => None,
    }
}

fn binary(left: Value, operator: Operator, right: Value) -> Option<Value> {
    match (left, operator, right) {
        (Value::Text(left), Operator::Add, Value::Text(right)) => Some(Value::Text(left + &right)),
        (Value::Tuple(mut left), Operator::Add, Value::Tuple(right)) => {
            left.extend(right);
            Some(Value::Tuple(left))
        }
        (Value::Text(left), Operator::Mod, right) => percent(&left, right),
        _ => None,
    }
}

/// `text % values` with `%s`, `%d` and `%i`.
fn percent(text: &str, values: Value) -> Option<Value> {
    let mut values = match values {
        Value::Tuple(values) => values.into_iter(),
        single => vec![single].into_iter(),
    };
    let mut made = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        made.push_str(before);
        let kind = after.chars().next()?;
        match kind {
            '%' => made.push('%'),
            's' => made.push_str(values.next()?.text()?),
            'd' | 'i' => match values.next()? {
                Value::Number(number) if !number.contains('.') => made.push_str(&number),
                _ => return None,
            },
            _ => return None,
        }
        rest = &after[1..];
    }
    made.push_str(rest);
    values.next().is_none().then_some(Value::Text(made))
}
