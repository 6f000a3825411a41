//! A YAML document as nodes with the bytes that they stand in.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle};

use crate::finding::Span;

/// The place of a node among those of its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct NodeId(usize);

#[derive(Debug)]
struct Node {
    content: Content,
    /// With the quotes of a quoted text, without an anchor or a tag.
    span: Span,
}

#[derive(Debug)]
enum Content {
    Text {
        value: String,
        plain: bool,
    },
    Sequence(Vec<NodeId>),
    /// Keys and values in turn.
    Mapping(Vec<NodeId>),
}

/// All nodes stand side by side: nothing recurses, however deep the text nests, and an alias is the node that it names,
/// never a copy of it.
#[derive(Debug)]
pub(super) struct Document {
    nodes: Vec<Node>,
    root: NodeId,
}

impl Document {
    /// `None` where the text is not exactly one document of YAML, or nests deeper than the parser follows.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut nodes: Vec<Node> = Vec::new();
        let mut open: Vec<NodeId> = Vec::new();
        let mut anchors: HashMap<usize, NodeId> = HashMap::new();
        let mut root = None;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.ok()?;
            let span = Span::from(span.byte_range()?);
            let (content, anchor) = match event {
                Event::Scalar(value, style, anchor, _) => {
                    (Content::Text { value: value.into_owned(), plain: style == ScalarStyle::Plain }, anchor)
                }
                Event::SequenceStart(_, anchor, _) => (Content::Sequence(Vec::new()), anchor),
                Event::MappingStart(_, anchor, _) => (Content::Mapping(Vec::new()), anchor),
                Event::SequenceEnd | Event::MappingEnd => {
                    let closed = open.pop()?;
                    nodes[closed.0].span.end = span.end.max(nodes[closed.0].span.start);
                    continue;
                }
                Event::Alias(anchor) => {
                    let target = *anchors.get(&anchor)?;
                    nodes.get_mut(open.last()?.0)?.push(target);
                    continue;
                }
                _ => continue,
            };
            let id = NodeId(nodes.len());
            match open.last() {
                Some(parent) => nodes[parent.0].push(id),
                None if root.is_none() => root = Some(id),
                None => return None,
            }
            if anchor != 0 {
                anchors.insert(anchor, id);
            }
            if !matches!(content, Content::Text { .. }) {
                open.push(id);
            }
            nodes.push(Node { content, span });
        }
        Some(Self { nodes, root: root? })
    }

    pub(super) fn root(&self) -> NodeId {
        self.root
    }

    pub(super) fn span(&self, node: NodeId) -> Span {
        self.nodes[node.0].span
    }

    /// The text of a scalar; `None` for what is no scalar, and for nothing (`key:`, `key: null`).
    pub(super) fn text(&self, node: NodeId) -> Option<&str> {
        match &self.nodes[node.0].content {
            Content::Text { value, plain }
                if !plain || !matches!(value.as_str(), "" | "~" | "null" | "Null" | "NULL") =>
            {
                Some(value)
            }
            _ => None,
        }
    }

    /// The items of a sequence; none where it is something else.
    pub(super) fn items(&self, node: NodeId) -> &[NodeId] {
        match &self.nodes[node.0].content {
            Content::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The keys and values of a mapping, in the order of the text; none where it is something else.
    pub(super) fn entries(&self, node: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> {
        let flat = match &self.nodes[node.0].content {
            Content::Mapping(flat) => flat.as_slice(),
            _ => &[],
        };
        flat.chunks_exact(2).map(|pair| (pair[0], pair[1]))
    }

    /// The key `name` of a mapping and its value.
    pub(super) fn entry(&self, node: NodeId, name: &str) -> Option<(NodeId, NodeId)> {
        self.entries(node).find(|(key, _)| self.text(*key) == Some(name))
    }

    pub(super) fn get(&self, node: NodeId, name: &str) -> Option<NodeId> {
        self.entry(node, name).map(|(_, value)| value)
    }
}

impl Node {
    fn push(&mut self, child: NodeId) {
        if let Content::Sequence(children) | Content::Mapping(children) = &mut self.content {
            children.push(child);
        }
    }
}
