//! Links between the documents lead somewhere.

use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::support::not_tested;
use crate::{ROOT, is_file, markdown_in, read, updating, written};

/// The names that headings have as targets of links, as GitHub and mdBook make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    *heading += &text;
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let name = heading.take().unwrap_or_default().to_lowercase().replace(' ', "-");
                found.insert(name.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect());
            }
            _ => {}
        }
    }
    found
}

fn targets(page: &str) -> Vec<String> {
    let links = Parser::new_ext(page, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    });
    links.collect()
}

/// `folder/../other.md` without its detours.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn links_lead_somewhere() {
    if updating() {
        return not_tested("links, while the pages are being written");
    }
    let mut pages: Vec<String> = written().into_iter().filter(|path| path != "SECURITY.md").collect();
    pages.extend(markdown_in("docs/rules"));
    let mut wrong = Vec::new();
    for path in &pages {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for target in targets(&read(path)) {
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let file = match file.strip_prefix(concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/")) {
                Some(file) => file.to_owned(),
                None if file.contains("://") => continue,
                None if file.is_empty() => path.clone(),
                None => plain(&format!("{folder}/{file}")),
            };
            let there = std::path::Path::new(ROOT).join(&file).exists();
            // What is not in the book has no page there.
            let leaves = path.starts_with("docs/") && !target.contains("://") && !file.starts_with("docs/");
            if !there || leaves || (!anchor.is_empty() && is_file(&file) && !anchors(&read(&file)).contains(anchor)) {
                wrong.push(format!("{path}: {target}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What the book has pages of, it lists; what it lists, is there.
#[test]
fn the_book_lists_every_page() {
    if updating() {
        return not_tested("the list of pages, while they are being written");
    }
    let listed: BTreeSet<String> =
        targets(&read("docs/SUMMARY.md")).into_iter().map(|path| format!("docs/{path}")).collect();
    let pages: BTreeSet<String> = markdown_in("docs").into_iter().filter(|path| path != "docs/SUMMARY.md").collect();
    assert_eq!(listed, pages);
}

/// mdBook makes `index.html` of a README.md, but leaves links to it at `README.html`.
#[test]
fn the_book_leads_on_from_every_readme() {
    let book: toml::Table = read("book.toml").parse().unwrap();
    let redirects = book["output"]["html"].get("redirect").and_then(toml::Value::as_table);
    let readmes = targets(&read("docs/SUMMARY.md")).into_iter().filter(|path| path.ends_with("/README.md"));
    for path in readmes {
        let page = format!("/{}", path.replace(".md", ".html"));
        let target = redirects.and_then(|redirects| redirects.get(&page)).and_then(toml::Value::as_str);
        assert_eq!(target, Some("index.html"), "output.html.redirect of {page} in book.toml");
    }
}

#[test]
fn the_readme_can_be_read_in_one_go() {
    assert!(read("README.md").lines().count() <= 200, "what README.md has no room for belongs into docs/");
}
