//! Which file of a project is its changelog.

/// The folders that may hold it, beside the project's own.
pub const FOLDERS: [&str; 6] = ["docs", "doc", ".github", "docs/source", "docs/about", "docs/project"];

/// Names without their ending, best first: each with its other spellings.
const STEMS: [&[&str]; 5] =
    [&["changelog", "changelogs"], &["changes"], &["history"], &["releasenotes"], &["news", "releases", "whatsnew"]];

/// Endings, best first.
const ENDINGS: [&[&str]; 3] = [&["md", "markdown"], &["rst"], &["", "txt"]];

/// The paths that a changelog may have, best first.
pub fn candidates(paths: Vec<String>) -> Vec<String> {
    let mut ranked: Vec<_> = paths.into_iter().filter_map(|path| Some((rank(&path)?, path))).collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, path)| path).collect()
}

/// By name first, by ending second.
fn rank(path: &str) -> Option<(usize, usize)> {
    let name = path.rsplit('/').next()?;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let stem: String = stem.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect();
    let ending = ending.to_ascii_lowercase();
    let stem = STEMS.iter().position(|known| known.contains(&stem.as_str()))?;
    let ending = ENDINGS.iter().position(|known| known.contains(&ending.as_str()))?;
    Some((stem, ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_name_comes_first() {
        let paths =
            ["docs/NEWS", "README.md", "HISTORY.rst", "CHANGES", "changelog.rst", "ChangeLog.md", "Release-Notes.md"];
        let found = candidates(paths.map(str::to_owned).to_vec());
        assert_eq!(found, ["ChangeLog.md", "changelog.rst", "CHANGES", "HISTORY.rst", "Release-Notes.md", "docs/NEWS"]);
        assert!(candidates(vec!["changelog.py".to_owned(), "changelog.d".to_owned()]).is_empty());
    }
}
