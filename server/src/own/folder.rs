//! The texts of a folder. Follows links, which is how a ConfigMap is mounted, and goes into no folder below.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
};

use catalog::read::Fault;

/// As much as a ConfigMap can hold.
const MAX_BYTES: u64 = 1 << 20;
/// Reading them all must stay a matter of milliseconds.
const MAX_FILES: usize = 200;

/// The `.toml` files by name, and why others could not be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Texts {
    pub files: BTreeMap<String, String>,
    pub faults: Vec<Fault>,
}

pub fn read(folder: &Path) -> Texts {
    let mut texts = Texts::default();
    match names(folder) {
        Ok(names) => {
            for name in names.iter().take(MAX_FILES) {
                match text(&folder.join(name)) {
                    Ok(text) => {
                        texts.files.insert(name.clone(), text);
                    }
                    Err((reason, next_step)) => texts.faults.push(fault(name, reason, next_step)),
                }
            }
            for name in names.iter().skip(MAX_FILES) {
                let reason = format!("only the first {MAX_FILES} files are read");
                texts
                    .faults
                    .push(fault(name, reason, "put several panels into one file"));
            }
        }
        Err(cause) => {
            let name = folder.display().to_string();
            let reason = format!("the folder cannot be read: {cause}");
            texts
                .faults
                .push(fault(&name, reason, "mount it again, or leave --dashboards out"));
        }
    }
    texts
}

fn fault(file: &str, reason: String, next_step: &str) -> Fault {
    Fault {
        file: file.to_owned(),
        line: 1,
        reason,
        next_step: next_step.to_owned(),
    }
}

/// Sorted. Hidden names are the mount's own.
fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn text(path: &PathBuf) -> Result<String, (String, &'static str)> {
    let unread = |cause: std::io::Error| (format!("it cannot be read: {cause}"), "make it readable or remove it");
    // A pipe would keep us waiting for ever.
    if !std::fs::metadata(path).map_err(unread)?.is_file() {
        return Err(("it is no file".to_owned(), "remove it"));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unread)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(("it is larger than 1 MiB".to_owned(), "split it"));
    }
    String::from_utf8(bytes).map_err(|_| ("it is no UTF-8 text".to_owned(), "save it as UTF-8"))
}
