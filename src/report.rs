//! What a run has to say: the only thing that renderers see.

use crate::files::Repaired;
use crate::finding::Safety;
use crate::fix;
use crate::project::Facts;
use crate::verdict::Verdict;

/// The answer about every subject of a run.
#[derive(Debug)]
pub struct Report {
    pub judgements: Vec<Judgement>,
    /// How many findings were repaired.
    pub fixed: usize,
}

/// The answer about one subject.
#[derive(Debug)]
pub struct Judgement {
    /// `check`, `pre-commit` ...
    pub event: &'static str,
    pub snapshot: SnapshotName,
    pub facts: Facts,
    /// In the order in which they are told. Old and ignored ones are left out unless they were asked for.
    pub verdicts: Vec<Verdict>,
    /// How many old findings were left out.
    pub old: usize,
    /// How many findings were left out because settings excuse them.
    pub ignored: usize,
    /// Why the tag that was to be judged is no release: a whole sentence without its full stop. There are no verdicts then.
    pub no_release: Option<String>,
}

/// Which files were judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SnapshotName {
    WorkTree,
    Index,
    /// The commit's name in hexadecimal.
    Tree(String),
    /// None: a tag is deleted, which is judged by its name.
    Nothing,
}

impl Report {
    /// The texts of files after the fixes that are as safe as `least`, and how many those are. Where two judgements would
    /// repair the same file, the first does.
    pub fn fixes(&self, least: Safety) -> (Repaired, usize) {
        let mut repaired = Repaired::new();
        let mut count = 0;
        for judgement in &self.judgements {
            let meant = judgement.verdicts.iter().filter(|verdict| verdict.ignored.is_none());
            let fixes = meant.filter_map(|verdict| verdict.finding.fix.as_ref());
            let (texts, applied) = fix::apply(fixes.filter(|fix| fix.safety >= least), &judgement.facts.sources);
            if texts.keys().all(|path| !repaired.contains_key(path)) {
                repaired.extend(texts);
                count += applied;
            }
        }
        (repaired, count)
    }

    pub fn verdicts(&self) -> impl Iterator<Item = &Verdict> {
        self.judgements.iter().flat_map(|judgement| &judgement.verdicts)
    }

    pub fn blocks(&self) -> bool {
        self.judgements.iter().any(Judgement::blocks)
    }
}

impl Judgement {
    pub fn blocks(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.blocks)
    }
}
