//! What is in the image, as a list of files, and that list as a tar layer: in one order, of one owner, without times.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::build;

/// Where the program is.
pub const PROGRAM: &str = "usr/bin/servelens";
/// Where the page is.
pub const PAGE: &str = "usr/share/servelens";
const LICENCE: &str = "usr/share/licenses/servelens/LICENSE";

const PROGRAM_MODE: u32 = 0o755;
const FILE_MODE: u32 = 0o644;
const FOLDER_MODE: u32 = 0o755;

pub struct File {
    mode: u32,
    bytes: Vec<u8>,
}

/// Path in the image, without a slash before it → file.
pub type Files = BTreeMap<String, File>;

/// Reads everything that the image is made of.
pub fn files(program: &Path, page: &Path, licence: &Path) -> Result<Files> {
    let read = |path: &Path, mode| -> Result<File> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(File { mode, bytes })
    };
    let mut files = Files::new();
    files.insert(PROGRAM.to_owned(), read(program, PROGRAM_MODE)?);
    files.insert(LICENCE.to_owned(), read(licence, FILE_MODE)?);
    for path in build::files_under(page)? {
        let name = path.strip_prefix(page)?.to_string_lossy().into_owned();
        files.insert(format!("{PAGE}/{name}"), read(&path, FILE_MODE)?);
    }
    if !files.contains_key(&format!("{PAGE}/plugin-entry.js")) {
        bail!("{} holds no built page", page.display());
    }
    Ok(files)
}

/// An uncompressed tar: each folder before what is in it.
pub fn tar(files: &Files) -> Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut made = String::new();
    for (path, file) in files {
        for (at, _) in path.match_indices('/') {
            let folder = format!("{}/", path.get(..at).unwrap_or_default());
            // In the order of names all that is in a folder stands together.
            if !made.starts_with(&folder) {
                made.clone_from(&folder);
                tar.append_data(&mut header(FOLDER_MODE, tar::EntryType::Directory, 0), &folder, &[][..])?;
            }
        }
        let mut header = header(file.mode, tar::EntryType::Regular, file.bytes.len() as u64);
        tar.append_data(&mut header, path, file.bytes.as_slice())?;
    }
    Ok(tar.into_inner()?)
}

pub fn header(mode: u32, kind: tar::EntryType, size: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_size(size);
    header
}

/// Writes the files below `folder`.
pub fn unpack(files: &Files, folder: &Path) -> Result<()> {
    for (path, file) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(&path, &file.bytes).with_context(|| format!("cannot write {}", path.display()))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(file.mode))?;
    }
    Ok(())
}
