//! The reading of one project: its files, its Python modules, and what has been found so far.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use crate::failure::Failure;
use crate::files::{Files, join};
use crate::finding::{Location, SourceId, Span};
use crate::repository::{Entry, EntryKind};
use crate::version::Version;

use super::python::Module;
use super::{Declaration, Declared, Kind, Role, Unresolved, source_text};

/// Reads files for the project in one folder and collects what they declare.
#[derive(Debug)]
pub(super) struct Survey<'f, 's> {
    files: &'f mut Files<'s>,
    folder: String,
    modules: HashMap<SourceId, Rc<Module>>,
    /// What stands in the folders that were looked into.
    folders: RefCell<HashMap<String, Rc<Vec<Entry>>>>,
    pub(super) declared: Declared,
}

impl<'f, 's> Survey<'f, 's> {
    pub(super) fn new(files: &'f mut Files<'s>, folder: &str) -> Self {
        let folder = folder.trim_matches('/').to_owned();
        Self { files, folder, modules: HashMap::new(), folders: RefCell::default(), declared: Declared::default() }
    }

    /// The path, from the top of the repository, of what the project calls `path`; `None` where that is outside.
    pub(super) fn path(&self, path: &str) -> Option<String> {
        if path.starts_with('/') || path.contains(['\\', '\0']) {
            return None;
        }
        let mut parts: Vec<&str> = self.folder.split('/').filter(|part| !part.is_empty()).collect();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                name => parts.push(name),
            }
        }
        Some(parts.join("/"))
    }

    /// The file that the project calls `path`; `None` where there is none inside the repository.
    pub(super) fn read(&mut self, path: &str) -> Result<Option<SourceId>, Failure> {
        match self.path(path) {
            Some(path) if !path.is_empty() => self.files.read(&path),
            _ => Ok(None),
        }
    }

    /// What stands in the folder that the project calls `path` (`""`: its own).
    pub(super) fn entries(&self, path: &str) -> Result<Rc<Vec<Entry>>, Failure> {
        let Some(path) = self.path(path) else { return Ok(Rc::default()) };
        if let Some(known) = self.folders.borrow().get(&path) {
            return Ok(Rc::clone(known));
        }
        let entries = Rc::new(self.files.list(&path)?);
        self.folders.borrow_mut().insert(path, Rc::clone(&entries));
        Ok(entries)
    }

    pub(super) fn has_file(&self, folder: &str, name: &str) -> Result<bool, Failure> {
        let file = |entry: &Entry| entry.name == name && matches!(entry.kind, EntryKind::File | EntryKind::Link);
        Ok(self.entries(folder)?.iter().any(file))
    }

    pub(super) fn bytes(&self, source: SourceId) -> &[u8] {
        self.files.bytes(source)
    }

    /// The path of a file from the top of the repository.
    pub(super) fn path_of(&self, source: SourceId) -> &str {
        self.files.path(source)
    }

    /// Notes settings or files with which the build back end refuses to build.
    pub(super) fn refuse(&mut self, at: Location, reason: impl Into<String>) {
        self.declared.refused.push(Unresolved { at, reason: reason.into() });
    }

    /// Notes that a file which the back end `reader` reads the version from does not parse.
    pub(super) fn refuse_fault(&mut self, source: SourceId, module: &Module, reader: &str) {
        if let Some((span, reason)) = &module.fault {
            let reason = format!("{reader} reads `{}`, which does not parse: {reason}", self.path_of(source));
            self.refuse(Location { source, span: *span }, reason);
        }
    }

    /// Notes that a file which may hold the version does not parse.
    pub(super) fn note_fault(&mut self, source: SourceId, module: &Module) {
        let doubt = || Some((Span::at(module.doubt?), "it is not UTF-8 and names no other encoding".to_owned()));
        let Declared { broken, refused, .. } = &mut self.declared;
        if let Some((span, reason)) = module.fault.clone().or_else(doubt)
            && broken.iter().chain(refused.iter()).all(|known| known.at.source != source)
        {
            broken.push(Unresolved { at: Location { source, span }, reason });
        }
    }

    /// What the Python file that the project calls `path` binds.
    pub(super) fn module(&mut self, path: &str) -> Result<Option<(SourceId, Rc<Module>)>, Failure> {
        let Some(source) = self.read(path)? else { return Ok(None) };
        if let Some(module) = self.modules.get(&source) {
            return Ok(Some((source, Rc::clone(module))));
        }
        let module = match source_text::decode(self.files.bytes(source)) {
            Ok(decoded) => {
                let mut module = Module::parse(&decoded.text);
                module.doubt = decoded.doubt;
                module
            }
            Err(reason) => Module::unreadable(reason),
        };
        let module = Rc::new(module);
        self.modules.insert(source, Rc::clone(&module));
        Ok(Some((source, module)))
    }

    /// Adds a copy of the version for other readers. What does not look like a version is a placeholder.
    pub(super) fn declare_copy(&mut self, kind: Kind, at: Location, value: &str, abbreviates: bool) {
        if !looks_like_a_version(value) {
            return;
        }
        let before = self.declared.declarations.len();
        self.declare(kind, Role::Secondary, at, value);
        if let Some(added) = self.declared.declarations.get_mut(before) {
            added.abbreviates = abbreviates;
        }
    }

    /// Adds a declaration of `value` at a place, unless that place is one already; the weightier role is kept.
    pub(super) fn declare(&mut self, kind: Kind, role: Role, at: Location, value: &str) {
        let version = Version::parse(value);
        // hatchling's pattern leaves out a `v` that the assignment has: it is one statement all the same.
        let same = |known: &&mut Declaration| {
            known.at.source == at.source
                && (known.at.span.contains(at.span) || at.span.contains(known.at.span))
                && known.version == version
        };
        if let Some(known) = self.declared.declarations.iter_mut().find(same) {
            if role < known.role {
                known.role = role;
            }
            return;
        }
        let text = String::from_utf8_lossy(&self.bytes(at.source)[at.span.range()]).into_owned();
        self.declared.declarations.push(Declaration { at, kind, text, version, role, abbreviates: false });
    }
}

/// Whether a text is meant as a version: "unknown", "dev" and "@VERSION@" stand in for one.
pub(super) fn looks_like_a_version(text: &str) -> bool {
    text.trim_start().trim_start_matches(['v', 'V']).starts_with(|c: char| c.is_ascii_digit())
}

/// `name` in `folder` of the project, where `""` is the project's own folder.
pub(super) fn within(folder: &str, name: &str) -> String {
    join(folder.trim_end_matches('/'), name)
}
