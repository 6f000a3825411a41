//! Lists of what has to be done, as GitHub ticks them: `- [ ]` and `- [x]`.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::words;
use crate::finding::Span;

/// The items of a checklist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checklist {
    /// Those that are not ticked, in the order of the text.
    pub open: Vec<Item>,
    /// How many there are, ticked or not.
    pub count: usize,
    /// Headings that were asked for and are not there.
    pub missing: Vec<String>,
}

/// One item that is not ticked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it says in its first line, without emphasis.
    pub text: String,
    /// From the bullet to the end of its first line.
    pub span: Span,
}

/// The items of `text`: all of them, or those under the `headings` and the headings below these.
pub(super) fn read(text: &str, headings: &[String]) -> Checklist {
    let wanted: Vec<String> = headings.iter().map(|heading| words(heading)).collect();
    let mut seen = vec![false; wanted.len()];
    let mut checklist = Checklist::default();
    // The level of the heading that was asked for and holds what is being read.
    let mut inside: Option<HeadingLevel> = None;
    let mut item = 0;
    let mut heading: Option<(HeadingLevel, String)> = None;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TASKLISTS | Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => heading = Some((level, String::new())),
            Event::End(TagEnd::Heading(_)) => {
                let Some((level, said)) = heading.take() else { continue };
                inside = inside.filter(|outer| *outer < level);
                if let Some(at) = wanted.iter().position(|wanted| *wanted == words(&said)) {
                    seen[at] = true;
                    inside = inside.or(Some(level));
                }
            }
            Event::Text(part) | Event::Code(part) => {
                if let Some((_, said)) = &mut heading {
                    said.push_str(&part);
                }
            }
            Event::Start(Tag::Item) => item = range.start,
            Event::TaskListMarker(ticked) if wanted.is_empty() || inside.is_some() => {
                checklist.count += 1;
                if !ticked {
                    let line = text[range.end..].lines().next().unwrap_or_default().trim_end();
                    let span = Span::new(item, range.end + line.len());
                    checklist.open.push(Item { text: line.trim().replace("**", "").replace('`', ""), span });
                }
            }
            _ => {}
        }
    }
    let missing = headings.iter().zip(seen).filter(|(_, seen)| !seen).map(|(heading, _)| heading.clone());
    checklist.missing = missing.collect();
    checklist
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# Release

- [ ] outside

## Release Checklist

### Pre-Release Checklist

- [ ] **Code**
  - [x] Tests pass (`pytest`)
  - [ ] Lint is `clean`
* [X] done
1. [ ] numbered

```
- [ ] in code
```

<!-- - [ ] in a comment -->

#### Below

- [ ] below

### Release Day

- [ ] the day
";

    fn open(headings: &[&str]) -> (Vec<String>, usize, Vec<String>) {
        let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
        let checklist = read(TEXT, &headings);
        (checklist.open.into_iter().map(|item| item.text).collect(), checklist.count, checklist.missing)
    }

    #[test]
    fn items_are_read_everywhere_or_under_headings() {
        let all = ["outside", "Code", "Lint is clean", "numbered", "below", "the day"].map(str::to_owned).to_vec();
        assert_eq!(open(&[]), (all, 8, vec![]));
        let before = ["Code", "Lint is clean", "numbered", "below"].map(str::to_owned).to_vec();
        assert_eq!(open(&["pre-release checklist"]), (before, 6, vec![]));
        let both = ["Code", "Lint is clean", "numbered", "below", "the day"].map(str::to_owned).to_vec();
        assert_eq!(open(&["Release Checklist", "Release Day"]), (both, 7, vec![]));
        assert_eq!(open(&["Nowhere"]), (vec![], 0, vec!["Nowhere".to_owned()]));
    }

    #[test]
    fn an_item_has_its_line() {
        let checklist = read(TEXT, &[]);
        let lines: Vec<&str> = checklist.open.iter().map(|item| &TEXT[item.span.range()]).collect();
        assert_eq!(
            lines,
            [
                "- [ ] outside",
                "- [ ] **Code**",
                "- [ ] Lint is `clean`",
                "1. [ ] numbered",
                "- [ ] below",
                "- [ ] the day"
            ]
        );
    }
}
