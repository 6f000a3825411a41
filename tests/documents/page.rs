//! A page as its reader sees it: what stands in fences, and the comments before them that say how they are tried.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A fenced block, and what the comment right before it says.
#[derive(Debug)]
pub struct Block {
    /// `console`, `toml` ...
    pub language: String,
    pub text: String,
    /// The bytes of `text` in the page.
    pub at: std::ops::Range<usize>,
    pub line: usize,
    pub comments: Vec<Comment>,
}

/// What a comment asks of the test. It stands before a block; nobody else sees it.
#[derive(Debug, PartialEq, Eq)]
pub enum Comment {
    /// `<!-- repository: NAME -->`: from here on in a new repository, made as [`crate::consoles`] knows it.
    Repository(String),
    /// `<!-- file: PATH -->`: the next block is written there.
    File(String),
    /// `<!-- run: COMMANDS -->`: commands that the reader need not see.
    Run(String),
}

impl Comment {
    fn parse(html: &str) -> Option<Self> {
        let inside = html.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
        let (what, rest) = inside.split_once(':')?;
        let rest = rest.trim().to_owned();
        match what.trim() {
            "repository" => Some(Self::Repository(rest)),
            "file" => Some(Self::File(rest)),
            "run" => Some(Self::Run(rest)),
            _ => None,
        }
    }
}

pub fn blocks(page: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let (mut html, mut comments) = (String::new(), Vec::new());
    let mut inside = false;
    for (event, range) in Parser::new_ext(page, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::HtmlBlock) => html.clear(),
            Event::Html(text) => html += &text,
            Event::End(TagEnd::HtmlBlock) => comments.extend(Comment::parse(&html)),
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                inside = true;
                let line = page[..range.start].matches('\n').count() + 1;
                let comments = std::mem::take(&mut comments);
                found.push(Block { language, text: String::new(), at: 0..0, line, comments });
            }
            Event::Text(text) if inside => {
                let block = found.last_mut().unwrap();
                if block.text.is_empty() {
                    block.at.start = range.start;
                }
                block.at.end = range.end;
                block.text += &text;
            }
            Event::End(TagEnd::CodeBlock) => inside = false,
            _ => {}
        }
    }
    assert!(comments.is_empty(), "no block follows {comments:?}");
    found
}

#[test]
fn comments_belong_to_the_next_block() {
    let page = "a\n\n<!-- repository: project -->\n\n<!-- run:\nx\ny\n-->\n```console\n$ z\n```\n\n<!-- a word -->\n\n```toml\n```\n";
    let found = blocks(page);
    assert_eq!(found.len(), 2);
    let run = Comment::Run("x\ny".to_owned());
    assert_eq!(found[0].comments, [Comment::Repository("project".to_owned()), run]);
    assert_eq!((found[0].text.as_str(), found[0].line, &page[found[0].at.clone()]), ("$ z\n", 9, "$ z\n"));
    assert!(found[1].comments.is_empty());
}
