//! What a CI system's environment says about the build.

/// The tag that CI is building, where it says so. An empty variable is one that is not set.
pub fn tag(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let full = |name: &str| set(name).and_then(|name| name.strip_prefix("refs/tags/").map(str::to_owned));
    // GitHub Actions, Gitea and Forgejo; the kind of ref says more than its name, which a branch can share.
    match set("GITHUB_REF_TYPE").as_deref() {
        Some("tag") => return set("GITHUB_REF_NAME").or_else(|| full("GITHUB_REF")),
        Some(_) => return None,
        None => {}
    }
    // GitLab, Bitbucket, Buildkite and Jenkins have a variable for tags alone; Azure gives the full name of the ref, and
    // in another variable only its last part, which is wrong for `pkg/v1.0`.
    full("GITHUB_REF")
        .or_else(|| ["CI_COMMIT_TAG", "BITBUCKET_TAG", "BUILDKITE_TAG", "TAG_NAME"].iter().find_map(|name| set(name)))
        .or_else(|| full("BUILD_SOURCEBRANCH"))
}

/// Whether the checkout of this CI system makes a lightweight tag of every tag that it builds, as that of GitHub has done for
/// long: nobody can then say what the tag is.
pub fn flattens_tags(variable: impl Fn(&str) -> Option<String>) -> bool {
    ["GITHUB_ACTIONS", "GITEA_ACTIONS", "FORGEJO_ACTIONS"]
        .iter()
        .any(|name| variable(name).is_some_and(|value| !value.is_empty()))
}

/// The line that makes this CI system, or a person, fetch the whole history and all tags.
pub fn whole_history(variable: impl Fn(&str) -> Option<String>) -> &'static str {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    if set("GITHUB_ACTIONS") || set("GITEA_ACTIONS") || set("FORGEJO_ACTIONS") {
        "give the checkout step the whole history: `with: { fetch-depth: 0 }`"
    } else if set("GITLAB_CI") {
        "give the job the whole history: `variables: { GIT_DEPTH: 0 }`"
    } else if set("TF_BUILD") {
        "give the job the whole history: `steps: [{ checkout: self, fetchDepth: 0, fetchTags: true }]`"
    } else if set("BITBUCKET_BUILD_NUMBER") {
        "give the pipeline the whole history: `clone: { depth: full }`"
    } else {
        "fetch the whole history first: git fetch --unshallow --tags"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn every_system_names_its_tag() {
        for pairs in [
            &[("GITHUB_REF_TYPE", "tag"), ("GITHUB_REF_NAME", "pkg/v1.0"), ("GITHUB_REF", "refs/tags/pkg/v1.0")][..],
            &[("GITHUB_REF_TYPE", "tag"), ("GITHUB_REF", "refs/tags/pkg/v1.0")],
            &[("GITHUB_REF", "refs/tags/pkg/v1.0")],
            &[("CI_COMMIT_TAG", "pkg/v1.0"), ("GITLAB_CI", "true")],
            &[("BUILD_SOURCEBRANCH", "refs/tags/pkg/v1.0"), ("BUILD_SOURCEBRANCHNAME", "v1.0")],
            &[("BITBUCKET_TAG", "pkg/v1.0")],
            &[("BUILDKITE_TAG", "pkg/v1.0"), ("BUILDKITE_BRANCH", "pkg/v1.0")],
            &[("TAG_NAME", "pkg/v1.0"), ("BRANCH_NAME", "pkg/v1.0")],
        ] {
            assert_eq!(tag(env(pairs)).as_deref(), Some("pkg/v1.0"), "{pairs:?}");
        }
    }

    #[test]
    fn a_branch_is_no_tag() {
        for pairs in [
            &[][..],
            &[("GITHUB_REF_TYPE", "branch"), ("GITHUB_REF_NAME", "v1.0"), ("GITHUB_REF", "refs/heads/v1.0")],
            &[("GITHUB_REF", "refs/pull/1/merge")],
            &[("CI_COMMIT_TAG", ""), ("CI_COMMIT_BRANCH", "main")],
            &[("BUILDKITE_TAG", ""), ("BUILDKITE_BRANCH", "v1.0")],
            &[("BUILD_SOURCEBRANCH", "refs/heads/v1.0")],
        ] {
            assert_eq!(tag(env(pairs)), None, "{pairs:?}");
        }
    }

    #[test]
    fn the_repair_is_written_in_the_language_of_the_system() {
        assert!(whole_history(env(&[("GITHUB_ACTIONS", "true")])).contains("fetch-depth: 0"));
        assert!(whole_history(env(&[("GITLAB_CI", "true")])).contains("GIT_DEPTH: 0"));
        assert!(whole_history(env(&[("TF_BUILD", "True")])).contains("fetchDepth: 0"));
        assert!(whole_history(env(&[("BITBUCKET_BUILD_NUMBER", "1")])).contains("depth: full"));
        assert!(whole_history(env(&[])).contains("git fetch --unshallow --tags"));
    }
}
