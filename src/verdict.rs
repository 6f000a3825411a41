//! What a finding means: its level, whether it is old, whether it blocks. Decided here and nowhere else.

use std::collections::{BTreeMap, HashSet};

use crate::failure::Failure;
use crate::finding::{Finding, Level, MOST_FINDINGS};
use crate::project::{Facts, Ignore, Policy};
use crate::rules::{self, About, Rule};

/// A finding and what it means for this subject.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub finding: Finding,
    /// Never [`Level::Off`].
    pub level: Level,
    /// Whether the base already has the same finding: the same rule on the same text, wherever it stands.
    pub old: bool,
    /// Why settings excuse it, where they do.
    pub ignored: Option<String>,
    pub blocks: bool,
}

/// Runs the rules over the facts. `levels` are those that differ from the rules' own. `base` is asked for the facts of
/// the base only where an answer depends on them; without a base nothing is old. `excuses` are the ignores that count.
///
/// # Errors
/// Where the base cannot be read.
pub fn judge(
    facts: &Facts,
    levels: &BTreeMap<String, Level>,
    excuses: &[Ignore],
    base: impl FnOnce() -> Result<Option<Facts>, Failure>,
) -> Result<Vec<Verdict>, Failure> {
    let mut found: Vec<(&Rule, Verdict)> = Vec::new();
    let mut countless = HashSet::new();
    for rule in rules::RULES {
        let level = level(rule, levels, &facts.policy);
        if level > Level::Off {
            let verdict = |finding: Finding| {
                let level = if finding.is_doubt { Level::Warn } else { level };
                Verdict { finding, level, old: false, ignored: None, blocks: level == Level::Error }
            };
            let findings = rules::findings(rule, facts);
            if findings.len() > MOST_FINDINGS {
                countless.insert(rule.id);
            }
            found.extend(findings.into_iter().map(|finding| (*rule, verdict(finding))));
        }
    }
    if found.iter().any(|(rule, _)| rule.about == About::Text)
        && let Some(base) = known_base(&found, base)?
    {
        let known = wrong_texts(&base, found.iter().map(|(rule, _)| *rule));
        for (rule, verdict) in &mut found {
            // Among findings that were not all kept, a new one could hide behind old ones.
            let excusable = rule.about == About::Text && !countless.contains(rule.id);
            verdict.old = excusable && known.contains(&(rule.id, sameness(facts, &verdict.finding)));
            verdict.blocks &= !verdict.old;
        }
    }
    for (_, verdict) in &mut found {
        let excuse = excuses.iter().find(|ignore| ignore.covers(&verdict.finding, facts));
        verdict.ignored = excuse.map(|ignore| ignore.reason.clone());
        verdict.blocks &= verdict.ignored.is_none();
    }
    let mut verdicts: Vec<Verdict> = found.into_iter().map(|(_, verdict)| verdict).collect();
    verdicts.sort_by(|a, b| place(facts, &a.finding).cmp(&place(facts, &b.finding)));
    Ok(verdicts)
}

/// The base, where it can be had. Where nothing blocks whatever it says, it may be missing.
fn known_base(
    found: &[(&Rule, Verdict)],
    base: impl FnOnce() -> Result<Option<Facts>, Failure>,
) -> Result<Option<Facts>, Failure> {
    match base() {
        Err(_) if !found.iter().any(|(rule, verdict)| rule.about == About::Text && verdict.blocks) => Ok(None),
        answer => answer,
    }
}

/// How the rule of that id is taken: what it alone needs is not read where it is off.
pub fn level_of(id: &str, levels: &BTreeMap<String, Level>, policy: &Policy) -> Level {
    rules::find(id).map_or(Level::Off, |rule| level(rule, levels, policy))
}

fn level(rule: &Rule, levels: &BTreeMap<String, Level>, policy: &Policy) -> Level {
    let usual = if policy.asks_for(rule.id) { Level::Error } else { rule.level };
    levels.get(rule.id).copied().unwrap_or(usual)
}

/// Findings are told file by file, from top to bottom.
fn place<'f>(facts: &'f Facts, finding: &'f Finding) -> impl Ord + 'f {
    let path = &facts.sources.get(finding.at.source).path;
    // The tag's own name comes first: it is what the user is about to do.
    (!path.starts_with("refs/"), path, finding.at.span, finding.rule)
}

/// What makes two findings of one rule the same: a habit of the project, or the wrong text.
fn sameness(facts: &Facts, finding: &Finding) -> String {
    finding.habit.map_or_else(|| facts.sources.text_at(finding.at), |habit| format!("\0{habit}"))
}

/// Rule and text of every finding that the base has of these rules.
fn wrong_texts<'r>(base: &Facts, rules: impl Iterator<Item = &'r Rule>) -> HashSet<(&'static str, String)> {
    let mut asked = HashSet::new();
    let mut known = HashSet::new();
    for rule in rules.filter(|rule| rule.about == About::Text) {
        if asked.insert(rule.id) {
            let found = rules::findings(rule, base);
            known.extend(found.into_iter().map(|finding| (rule.id, sameness(base, &finding))));
        }
    }
    known
}
