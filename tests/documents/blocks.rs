//! Settings and data in the documents are read by what would read them.

use std::process::Command;

use relgate::files::Files;
use relgate::repository::Snapshot;

use crate::page::{Block, blocks};
use crate::support::run;
use crate::{ROOT, read, venv, written};

/// What a block may be. `sh` is for commands that cannot be run here, for they would use the network or install something.
const LANGUAGES: [&str; 12] =
    ["console", "groovy", "sh", "yaml", "toml", "json", "jsonc", "python", "text", "markdown", "diff", "xml"];

fn all() -> Vec<(String, Block)> {
    let pages = written().into_iter().map(|path| (path.clone(), blocks(&read(&path))));
    pages.flat_map(|(path, blocks)| blocks.into_iter().map(move |block| (path.clone(), block))).collect()
}

#[test]
fn every_block_says_what_it_is() {
    for (path, block) in all() {
        let language = block.language.as_str();
        assert!(LANGUAGES.contains(&language), "{path}:{}: a block of `{language}`", block.line);
        let shows = block.text.lines().any(|line| line.starts_with("$ "));
        assert!(!shows || language == "console", "{path}:{}: what is shown is run", block.line);
    }
}

#[test]
fn settings_are_settings() {
    let mut count = 0;
    for (path, block) in all().iter().filter(|(_, block)| block.language == "toml") {
        let file = if block.text.contains("[tool.relgate") { "pyproject.toml" } else { "relgate.toml" };
        let text = block.text.clone();
        let table: toml::Table = text.parse().unwrap_or_else(|error| panic!("{path}:{}: {error}", block.line));
        if file == "relgate.toml" && !block.text.contains("# relgate.toml\n") {
            assert!(table.contains_key("project") || table.contains_key("build-system"), "{path}:{}", block.line);
            continue;
        }
        count += 1;
        let snapshot = Snapshot::memory([(file.to_owned(), text.into_bytes())]);
        let settings = relgate::config::read(&mut Files::new(&snapshot), &relgate::rules::ids());
        assert!(settings.is_ok(), "{path}:{}: {:?}", block.line, settings.err());
    }
    assert!(count > 0, "no page shows settings");
}

#[test]
fn workflows_and_other_data_are_well_formed() {
    let read = "import json, sys, yaml\n\
                for kind, text in json.load(sys.stdin):\n    \
                    try: (json.loads if kind == 'json' else yaml.safe_load)(text)\n    \
                    except Exception as error: sys.exit(f'{error}\\n{text}')";
    let wanted = |block: &Block| ["yaml", "json"].contains(&block.language.as_str());
    let data: Vec<_> =
        all().into_iter().filter(|(_, block)| wanted(block)).map(|(_, block)| (block.language, block.text)).collect();
    assert!(!data.is_empty(), "no page shows a workflow");
    let input = serde_json::to_string(&data).unwrap();
    let answer = run(Command::new(venv::programs().join("python")).args(["-c", read]), &input);
    assert_eq!(answer.code, 0, "{}", answer.err);
}

/// The project's own workflows, looked at by a linter for weaknesses of workflows.
#[test]
fn workflows_have_no_known_weakness() {
    let mut command = Command::new(venv::programs().join("zizmor"));
    let answer = run(command.args(["--offline", "--quiet", ".github/workflows"]).current_dir(ROOT), "");
    assert_eq!(answer.code, 0, "{}", answer.all());
}
