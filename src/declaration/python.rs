//! What a Python module binds at import, as far as that can be known without running it: the only place that knows the
//! Python parser.
//!
//! The module is walked as the interpreter would walk it. A name that is bound in one branch only, or differently in
//! two, has no known value.

mod evaluate;
mod plain;

use std::collections::HashMap;

use ruff_python_ast::{ExceptHandler, Expr, ModModule, Stmt};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::{Ranged, TextRange};

use crate::finding::Span;

pub(crate) use evaluate::Value;

/// The largest Python file that is parsed, in bytes.
const LARGEST_FILE: usize = 4 << 20;

/// How deep blocks are followed; CPython itself refuses more than 100 levels of indentation.
const DEEPEST_BLOCK: usize = 100;

/// How many names one statement is followed into: `a = b = c = ...` must not take quadratic time.
const MOST_TARGETS: usize = 32;

/// Syntax trees are dropped recursively and each level is at least a byte of source: a statement longer than this is
/// leaked instead, for an overflow of the stack cannot be caught.
const LONGEST_DROPPED: usize = 2048;

/// What a module binds.
#[derive(Debug, Default)]
pub(crate) struct Module {
    /// Every assignment to a name in the module's scope, in the order of the text.
    pub(crate) assignments: Vec<Assignment>,
    /// The calls of something named `setup`.
    pub(crate) setup_calls: Vec<SetupCall>,
    /// What each name is bound to when the module has been imported.
    bound: HashMap<String, Bound>,
    /// Where the text is not Python, and why. What stands after it is not read.
    pub(crate) fault: Option<(Span, String)>,
    /// The byte offset of what only some versions of Python read.
    pub(crate) doubt: Option<usize>,
}

/// One `NAME = value` in the module's scope.
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    pub(crate) name: String,
    /// The bytes of the value: those between the quotes where it is one string.
    pub(crate) at: Span,
    /// `None` where the value is computed from what is not known.
    pub(crate) value: Option<Value>,
    /// Whether it is a statement of the module itself, not of a block in it.
    pub(crate) top: bool,
    /// Whether `ast.literal_eval` would take the value.
    pub(crate) literal: bool,
}

/// The keywords of a call `setup(...)`.
#[derive(Clone, Debug)]
pub(crate) struct SetupCall {
    pub(crate) at: Span,
    pub(crate) keywords: Vec<Keyword>,
    /// Whether it also takes `**keywords` from elsewhere.
    pub(crate) open: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Keyword {
    pub(crate) name: String,
    pub(crate) at: Span,
    pub(crate) value: Option<Value>,
}

/// What a name is bound to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bound {
    /// A known value, and the bytes that state it.
    Value(Value, Span),
    /// `from MODULE import NAME`.
    Import { level: u32, module: String, name: String },
    /// Something that cannot be known, and the bytes that bind it.
    Unknown(Span),
}

impl Module {
    /// Reads a module; never fails: see [`Module::fault`]. `text` may begin with a byte order mark, and all spans point
    /// into it.
    pub(crate) fn parse(text: &str) -> Self {
        if text.len() > LARGEST_FILE {
            return Self::unreadable(format!("it is larger than {LARGEST_FILE} bytes"));
        }
        plain::read(text).unwrap_or_else(|| Self::parsed(text))
    }

    fn parsed(text: &str) -> Self {
        let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module)).try_into_module();
        let Some(parsed) = parsed else { return Self::default() };
        let fault = parsed.errors().iter().min_by_key(|error| error.location.start());
        let fault = fault.map(|error| (span(error.location, text), reason(&error.error.to_string())));
        let end = fault.as_ref().map_or(text.len(), |(at, _)| at.start);
        let mut walk = Walk { text, module: Self { fault, ..Self::default() }, scopes: vec![HashMap::new()], end };
        walk.block(&parsed.syntax().body, 0);
        let mut module = walk.module;
        module.bound = walk.scopes.swap_remove(0);
        drop_carefully(parsed);
        module
    }

    /// A module that cannot be read, and why.
    pub(crate) fn unreadable(reason: String) -> Self {
        Self { fault: Some((Span::at(0), reason)), ..Self::default() }
    }

    /// Whether a function of the module answers for names that it does not bind.
    pub(crate) fn answers_for_any_name(&self) -> bool {
        self.bound.contains_key("__getattr__")
    }

    /// What `name` is bound to when the module has been imported; `None` where nothing binds it.
    pub(crate) fn bound(&self, name: &str) -> Option<&Bound> {
        self.bound.get(name)
    }
}

/// The parser's message in the manner of ours: it may quote what it stumbled over.
fn reason(message: &str) -> String {
    let mut characters = message.chars().filter(|c| !c.is_control());
    let first = characters.next().map(|c| c.to_ascii_lowercase());
    first.into_iter().chain(characters).collect::<String>().trim_end().to_owned()
}

fn drop_carefully(parsed: Parsed<ModModule>) {
    for statement in parsed.into_syntax().body {
        if statement.range().len().to_usize() > LONGEST_DROPPED {
            std::mem::forget(statement);
        }
    }
}

fn span(range: TextRange, text: &str) -> Span {
    let end = range.end().to_usize().min(text.len());
    Span::new(range.start().to_usize().min(end), end)
}

struct Walk<'a> {
    text: &'a str,
    module: Module,
    /// What the blocks that are being walked have bound, the module's own bindings first.
    scopes: Vec<HashMap<String, Bound>>,
    /// Statements that end after this offset are not Python.
    end: usize,
}

impl Walk<'_> {
    fn block(&mut self, statements: &[Stmt], depth: usize) {
        for statement in statements {
            if depth <= DEEPEST_BLOCK && statement.start().to_usize() < self.end {
                self.statement(statement, depth);
            }
        }
    }

    fn statement(&mut self, statement: &Stmt, depth: usize) {
        match statement {
            // A simple statement that the error lies in states nothing.
            Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::AugAssign(_) if statement.end().to_usize() > self.end => {}
            Stmt::Assign(assign) => {
                for target in assign.targets.iter().take(MOST_TARGETS) {
                    self.assign(target, &assign.value, depth);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value, depth);
                }
            }
            Stmt::AugAssign(assign) => {
                if let Expr::Name(name) = assign.target.as_ref() {
                    let known = self.evaluate_sum(name, assign.op, &assign.value);
                    let at = self.span(assign.value.range());
                    self.record(name.id.as_str(), at, known, depth == 0, false);
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |module| module.id.as_str());
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).id.as_str();
                    let name = alias.name.id.to_string();
                    self.bind(bound, Bound::Import { level: import.level, module: module.to_owned(), name });
                }
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    let full = alias.asname.as_ref().unwrap_or(&alias.name).id.as_str();
                    let at = self.span(alias.range());
                    self.bind(full.split('.').next().unwrap_or(full), Bound::Unknown(at));
                }
            }
            Stmt::FunctionDef(function) => {
                self.forget(function.name.id.as_str(), function.name.range());
                self.calls_within(&function.body, depth + 1);
            }
            Stmt::ClassDef(class) => self.forget(class.name.id.as_str(), class.name.range()),
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    self.forget_target(target, 0);
                }
            }
            Stmt::Expr(expression) => self.setup_call(&expression.value),
            other => self.compound(other, depth + 1),
        }
    }

    /// A statement that holds blocks.
    fn compound(&mut self, statement: &Stmt, depth: usize) {
        match statement {
            Stmt::With(with) => {
                for target in with.items.iter().filter_map(|item| item.optional_vars.as_deref()) {
                    self.forget_target(target, 0);
                }
                self.block(&with.body, depth);
            }
            Stmt::If(choice) if is_true(&choice.test) => self.block(&choice.body, depth),
            Stmt::If(choice) => {
                let mut branches = vec![self.branch(&choice.body, depth)];
                let mut complete = false;
                for clause in &choice.elif_else_clauses {
                    complete |= clause.test.is_none();
                    branches.push(self.branch(&clause.body, depth));
                }
                self.merge(branches, complete);
            }
            Stmt::Try(attempt) => {
                let handlers = attempt.handlers.iter().map(|ExceptHandler::ExceptHandler(handler)| &handler.body);
                let mut branches: Vec<_> = handlers.map(|body| self.branch(body, depth)).collect();
                self.scopes.push(HashMap::new());
                self.block(&attempt.body, depth);
                self.block(&attempt.orelse, depth);
                branches.push(self.scopes.pop().unwrap_or_default());
                self.merge(branches, true);
                self.block(&attempt.finalbody, depth);
            }
            Stmt::For(repeat) => {
                self.forget_target(&repeat.target, 0);
                let branches = vec![self.branch(&repeat.body, depth), self.branch(&repeat.orelse, depth)];
                self.merge(branches, false);
            }
            Stmt::While(repeat) => {
                let branches = vec![self.branch(&repeat.body, depth), self.branch(&repeat.orelse, depth)];
                self.merge(branches, false);
            }
            Stmt::Match(choice) => {
                let branches = choice.cases.iter().map(|case| self.branch(&case.body, depth)).collect();
                self.merge(branches, false);
            }
            _ => {}
        }
    }

    /// What a block binds that may not run.
    fn branch(&mut self, statements: &[Stmt], depth: usize) -> HashMap<String, Bound> {
        self.scopes.push(HashMap::new());
        self.block(statements, depth);
        self.scopes.pop().unwrap_or_default()
    }

    /// Binds what all of the branches agree on. Unless one of them always runs (`complete`), what was bound before them
    /// has to agree as well.
    fn merge(&mut self, branches: Vec<HashMap<String, Bound>>, complete: bool) {
        let ways = branches.len() + usize::from(!complete);
        let mut outcomes: HashMap<String, Vec<Bound>> = HashMap::new();
        for (name, bound) in branches.into_iter().flatten() {
            outcomes.entry(name).or_default().push(bound);
        }
        for (name, mut bounds) in outcomes {
            let unknown = Bound::Unknown(bounds.last().map_or(Span::at(0), place));
            if bounds.len() < ways {
                bounds.push(self.lookup(&name).cloned().unwrap_or(Bound::Unknown(Span::at(0))));
            }
            let agreed = bounds.iter().all(|bound| agree(&bounds[0], bound));
            self.bind(&name, if agreed { bounds.swap_remove(0) } else { unknown });
        }
    }

    fn assign(&mut self, target: &Expr, value: &Expr, depth: usize) {
        match target {
            Expr::Name(name) => {
                let known = self.evaluate(value);
                let at = self.value_span(value);
                // An alias is no statement of its own: the place is where the aliased name was given its value.
                let at = match (value, self.alias(value)) {
                    (Expr::Name(_), Some(Bound::Value(_, origin))) => *origin,
                    (Expr::Name(_), Some(import @ Bound::Import { .. })) => {
                        let import = import.clone();
                        self.bind(name.id.as_str(), import);
                        return;
                    }
                    _ => at,
                };
                self.record(name.id.as_str(), at, known, depth == 0, evaluate::is_literal(value));
            }
            Expr::Tuple(targets) => self.unpack(&targets.elts, value, depth),
            Expr::List(targets) => self.unpack(&targets.elts, value, depth),
            _ => {}
        }
    }

    fn unpack(&mut self, targets: &[Expr], value: &Expr, depth: usize) {
        let values = match value {
            Expr::Tuple(values) => values.elts.as_slice(),
            Expr::List(values) => values.elts.as_slice(),
            _ => &[],
        };
        let plain = targets.len() == values.len() && !values.iter().chain(targets).any(Expr::is_starred_expr);
        let whole = if plain { None } else { self.evaluate(value) };
        for (index, target) in targets.iter().enumerate() {
            match (target, &whole) {
                (Expr::Name(_), _) if plain => {
                    self.assign(target, &values[index], depth.max(1));
                }
                (Expr::Name(name), Some(Value::Tuple(items))) if items.len() == targets.len() => {
                    let at = self.span(value.range());
                    self.record(name.id.as_str(), at, Some(items[index].clone()), false, false);
                }
                _ => self.forget_target(target, 0),
            }
        }
    }

    fn record(&mut self, name: &str, at: Span, value: Option<Value>, top: bool, literal: bool) {
        let bound = value.clone().map_or(Bound::Unknown(at), |value| Bound::Value(value, at));
        self.module.assignments.push(Assignment { name: name.to_owned(), at, value, top, literal });
        self.bind(name, bound);
    }

    fn bind(&mut self, name: &str, bound: Bound) {
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name.to_owned(), bound);
        }
    }

    fn forget(&mut self, name: &str, range: TextRange) {
        let at = self.span(range);
        self.bind(name, Bound::Unknown(at));
    }

    fn forget_target(&mut self, target: &Expr, depth: usize) {
        match target {
            Expr::Name(name) => self.forget(name.id.as_str(), name.range()),
            Expr::Starred(starred) => self.forget_target(&starred.value, depth + 1),
            Expr::Tuple(targets) if depth < DEEPEST_BLOCK => {
                targets.elts.iter().for_each(|target| self.forget_target(target, depth + 1));
            }
            Expr::List(targets) if depth < DEEPEST_BLOCK => {
                targets.elts.iter().for_each(|target| self.forget_target(target, depth + 1));
            }
            _ => {}
        }
    }

    fn lookup(&self, name: &str) -> Option<&Bound> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name))
    }

    fn alias(&self, value: &Expr) -> Option<&Bound> {
        value.as_name_expr().and_then(|name| self.lookup(name.id.as_str()))
    }

    fn span(&self, range: TextRange) -> Span {
        span(range, self.text)
    }

    /// The bytes that state a value: those between the quotes where it is one string.
    fn value_span(&self, value: &Expr) -> Span {
        let whole = self.span(value.range());
        let single = value.as_string_literal_expr().and_then(|literal| literal.as_single_part_string());
        let Some(raw) = single.and_then(|_| self.text.get(whole.range())) else { return whole };
        let prefix = raw.find(['"', '\'']).unwrap_or(0);
        let quotes = if raw[prefix..].starts_with("\"\"\"") || raw[prefix..].starts_with("'''") { 3 } else { 1 };
        let start = whole.start + prefix + quotes;
        Span::new(start.min(whole.end), whole.end.saturating_sub(quotes).max(start.min(whole.end)))
    }

    /// Calls of `setup` in a function, with what the module has bound so far.
    fn calls_within(&mut self, statements: &[Stmt], depth: usize) {
        for statement in statements {
            match statement {
                Stmt::Expr(expression) => self.setup_call(&expression.value),
                Stmt::If(choice) if depth < DEEPEST_BLOCK => self.calls_within(&choice.body, depth + 1),
                Stmt::Try(attempt) if depth < DEEPEST_BLOCK => self.calls_within(&attempt.body, depth + 1),
                Stmt::With(with) if depth < DEEPEST_BLOCK => self.calls_within(&with.body, depth + 1),
                _ => {}
            }
        }
    }

    fn setup_call(&mut self, expression: &Expr) {
        let Expr::Call(call) = expression else { return };
        let named = match call.func.as_ref() {
            Expr::Name(name) => name.id.as_str() == "setup",
            Expr::Attribute(attribute) => attribute.attr.id.as_str() == "setup",
            _ => false,
        };
        if !named || call.range().end().to_usize() > self.end {
            return;
        }
        let mut keywords = Vec::new();
        let mut open = false;
        for keyword in &call.arguments.keywords {
            let Some(name) = &keyword.arg else {
                open = true;
                continue;
            };
            let at = match self.alias(&keyword.value) {
                Some(Bound::Value(_, origin)) => *origin,
                _ => self.value_span(&keyword.value),
            };
            keywords.push(Keyword { name: name.id.to_string(), at, value: self.evaluate(&keyword.value) });
        }
        let at = self.span(call.range());
        self.module.setup_calls.push(SetupCall { at, keywords, open });
    }
}

/// Whether a condition is `True` or `1`, so that there is nothing to choose.
fn is_true(test: &Expr) -> bool {
    match test {
        Expr::BooleanLiteral(literal) => literal.value,
        Expr::NumberLiteral(literal) => literal.value == ruff_python_ast::Number::Int(ruff_python_ast::Int::ONE),
        _ => false,
    }
}

fn place(bound: &Bound) -> Span {
    match bound {
        Bound::Value(_, at) | Bound::Unknown(at) => *at,
        Bound::Import { .. } => Span::at(0),
    }
}

/// Whether two branches leave a name with the same value, wherever it was written.
fn agree(one: &Bound, other: &Bound) -> bool {
    match (one, other) {
        (Bound::Value(one, _), Bound::Value(other, _)) => one == other,
        (Bound::Import { .. }, Bound::Import { .. }) => one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
