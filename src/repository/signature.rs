//! Whether the signature of a tag is good: asked of git, with the programs, keys and signers of the user's own settings.

use std::path::Path;

use super::git_program::GitProgram;
use crate::failure::Failure;
use crate::git;

/// How a tag is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureFormat {
    OpenPgp,
    X509,
    Ssh,
}

/// What became of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    Good,
    /// Why it is not, as half a sentence.
    Bad(String),
    /// Why nobody can say here, as half a sentence.
    Impossible(String),
}

/// The lines with which signatures begin.
const BEGINNINGS: [(&[u8], SignatureFormat); 4] = [
    (b"-----BEGIN PGP SIGNATURE-----", SignatureFormat::OpenPgp),
    (b"-----BEGIN PGP MESSAGE-----", SignatureFormat::OpenPgp),
    (b"-----BEGIN SIGNED MESSAGE-----", SignatureFormat::X509),
    (b"-----BEGIN SSH SIGNATURE-----", SignatureFormat::Ssh),
];

/// The settings of signatures, each with what git takes where none is set. All are given on git's command line, so that
/// what the repository's own settings say of them never counts.
const SETTINGS: [(&str, &str); 7] = [
    ("gpg.program", "gpg"),
    ("gpg.openpgp.program", "gpg"),
    ("gpg.x509.program", "gpgsm"),
    ("gpg.ssh.program", "ssh-keygen"),
    ("gpg.ssh.allowedsignersfile", ""),
    ("gpg.ssh.revocationfile", ""),
    ("gpg.mintrustlevel", "undefined"),
];

/// How the tag object of these bytes is signed, if it is.
pub(super) fn format(tag: &[u8]) -> Option<SignatureFormat> {
    let begun = |line: &[u8]| BEGINNINGS.iter().find(|(start, _)| line.starts_with(start)).map(|(_, format)| *format);
    // The header comes first; in repositories of two hash functions it holds the signature of the other one.
    tag.split(|byte| *byte == b'\n').rev().find_map(begun)
}

/// # Errors
/// Where git cannot be asked.
pub(super) fn verify(git: &GitProgram, id: &str, format: SignatureFormat) -> Result<Verification, Failure> {
    let Some(own) = git.user_settings("gpg.")? else {
        return Ok(Verification::Impossible("this git is too old to tell whose settings are whose".to_owned()));
    };
    let mut settings = Vec::new();
    for (name, usual) in SETTINGS {
        // `gpg.program` and `gpg.openpgp.program` are two names of one setting.
        let alike = |key: &str| key == name || name.ends_with("gp.program") && usual == "gpg" && key == "gpg.program";
        let set =
            own.iter().rev().find(|(key, _)| key == name).or_else(|| own.iter().rev().find(|(key, _)| alike(key)));
        let value = set.map_or(usual, |(_, value)| value.as_str());
        if name.ends_with("file") && !is_anchored(value) {
            settings.push(format!("{name}="));
            continue;
        }
        let program = if name.ends_with("program") { program(value) } else { Some(value.to_owned()) };
        settings.push(format!("{name}={}", program.unwrap_or_else(|| "/nonexistent".to_owned())));
    }
    let signers =
        settings.iter().any(|setting| setting.starts_with("gpg.ssh.allowedsignersfile=") && !setting.ends_with('='));
    if format == SignatureFormat::Ssh && !signers {
        let reason = "git is not told whose keys are good: gpg.ssh.allowedSignersFile is not set";
        return Ok(Verification::Impossible(reason.to_owned()));
    }
    let (code, said) = git.verify_tag(id, &settings)?;
    Ok(if code == Some(0) { Verification::Good } else { refused(format, &said) })
}

/// The program as git is to call it: never one that lies where git happens to run. `None` where there is none.
fn program(value: &str) -> Option<String> {
    if is_anchored(value) {
        return Some(value.to_owned());
    }
    if value.contains(['/', '\\']) {
        return None;
    }
    git::find_on_path(value).map(|path| path.to_string_lossy().into_owned())
}

/// Whether a path leads to the same place wherever it is read from.
fn is_anchored(path: &str) -> bool {
    path.starts_with("~/") || Path::new(path).is_absolute()
}

/// Why git does not find a signature good.
fn refused(format: SignatureFormat, said: &str) -> Verification {
    let has = |word: &str| said.contains(word);
    let bad = |reason: &str| Verification::Bad(reason.to_owned());
    let impossible = |reason: &str| Verification::Impossible(reason.to_owned());
    match format {
        SignatureFormat::Ssh if has("No principal matched") || has("Good \"git\" signature") => {
            bad("its key is none of those in the file of allowed signers")
        }
        SignatureFormat::Ssh if has("incorrect signature") || has("Could not verify signature") => {
            bad("it does not fit the tag")
        }
        SignatureFormat::Ssh => Verification::Impossible(first_line(said)),
        _ if has("[GNUPG:] BADSIG") => bad("it does not fit the tag"),
        _ if has("[GNUPG:] REVKEYSIG") => bad("its key was revoked"),
        _ if has("[GNUPG:] EXPKEYSIG") || has("[GNUPG:] EXPSIG") => impossible("it or its key has expired"),
        _ if has("[GNUPG:] NO_PUBKEY") || has("[GNUPG:] ERRSIG") => impossible("its key is not known here"),
        _ if has("[GNUPG:] GOODSIG") => impossible("its key is not trusted as far as gpg.minTrustLevel asks"),
        _ => Verification::Impossible(first_line(said)),
    }
}

fn first_line(said: &str) -> String {
    let line = said.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("[GNUPG:]"));
    format!("git says: {}", line.unwrap_or("nothing").trim_start_matches("error: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_known_by_their_first_line() {
        let tag = |signature: &str| format!("object {}\ntype commit\ntag v1\n\nv1\n{signature}\nx\n", "1".repeat(40));
        for (signature, expected) in [
            ("-----BEGIN PGP SIGNATURE-----", Some(SignatureFormat::OpenPgp)),
            ("-----BEGIN SSH SIGNATURE-----", Some(SignatureFormat::Ssh)),
            ("-----BEGIN SIGNED MESSAGE-----", Some(SignatureFormat::X509)),
            (" -----BEGIN PGP SIGNATURE-----", None),
            ("", None),
        ] {
            assert_eq!(format(tag(signature).as_bytes()), expected, "{signature}");
        }
    }

    #[test]
    fn a_program_is_never_looked_for_where_git_runs() {
        assert_eq!(program("./gpg"), None);
        assert_eq!(program("tools/gpg"), None);
        assert_eq!(program("/usr/bin/gpg").as_deref(), Some("/usr/bin/gpg"));
        assert!(program("git").is_some_and(|path| is_anchored(&path)));
    }
}
