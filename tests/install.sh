#!/usr/bin/env bash
# The wheel and the source variant of the hooks, installed by the real pre-commit and the real prek. Builds relgate from
# source up to four times: minutes, so not part of .ci/run. Needs git, Python 3 and cargo. RELGATE_IDS and
# RELGATE_FRAMEWORKS choose some of them.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PRE_COMMIT_HOME=$work/pre-commit PREK_HOME=$work/prek
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet -r "$root/tests/requirements.txt"
export PATH=$work/venv/bin:$PATH
revision=$(git -C "$root" rev-parse HEAD)

for id in ${RELGATE_IDS:-relgate relgate-src}; do
    for framework in ${RELGATE_FRAMEWORKS:-pre-commit prek}; do
        project=$work/$id-$framework
        git init -q -b main "$project"
        cd "$project"
        printf '[project]\nname = "pkg"\nversion = "1.2.0"\n' >pyproject.toml
        printf '__version__ = "1.2.0"\n' >pkg.py
        printf 'repos:\n  - repo: %s\n    rev: %s\n    hooks:\n      - id: %s\n' "$root" "$revision" "$id" \
            >.pre-commit-config.yaml
        "$framework" install >/dev/null
        git add -A
        git commit -q -m good
        printf '__version__ = "1.1.9"\n' >pkg.py
        if git commit -q -a -m bad >"$work/out" 2>&1; then
            echo "$id under $framework let a bad commit pass" >&2
            exit 1
        fi
        grep -q version-mismatch "$work/out" || { cat "$work/out" >&2; exit 1; }
        echo "$id under $framework: ok"
    done
done
