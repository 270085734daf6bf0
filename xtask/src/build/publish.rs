//! Puts a freshly built folder in the place of the old one in one step: a server that reads there sees the old page or
//! the new one, never half of each.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rustix::fs::{CWD, RenameFlags, renameat_with};

use crate::scrap::Scrap;

/// A folder being filled, beside its destination so that a rename is enough.
pub struct Fresh {
    folder: Scrap,
}

impl Fresh {
    pub fn beside(destination: &Path) -> Result<Self> {
        let parent = destination.parent().context("the destination has no parent folder")?;
        let folder = Scrap::folder_in(parent, ".dist-")?;
        // A temporary folder is for its owner alone; the page is for whoever serves it.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        Ok(Self { folder })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Exchanges the two folders, then drops the old one.
    pub fn swap_in(self, destination: &Path) -> Result<()> {
        let fresh = self.folder.keep();
        match fs::rename(&fresh, destination) {
            Ok(()) => return Ok(()),
            Err(error) if matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists) => {}
            Err(error) => return Err(error).context("cannot put the new page in place"),
        }
        if renameat_with(CWD, &fresh, CWD, destination, RenameFlags::EXCHANGE).is_err() {
            // A file system that cannot exchange: for a moment there is no page.
            let old: PathBuf = fresh.with_extension("old");
            fs::rename(destination, &old)?;
            fs::rename(&fresh, destination)?;
            return Ok(fs::remove_dir_all(old)?);
        }
        Ok(fs::remove_dir_all(fresh)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_folder_takes_the_place_of_the_old_and_nothing_else_is_left() -> Result<()> {
        let room = tempfile::tempdir()?;
        let dist = room.path().join("dist");
        for round in ["first", "second"] {
            let fresh = Fresh::beside(&dist)?;
            fs::write(fresh.path().join(round), round)?;
            fresh.swap_in(&dist)?;
        }
        let names = |folder: &Path| -> Result<Vec<String>> {
            fs::read_dir(folder)?
                .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
                .collect()
        };
        assert_eq!(names(room.path())?, ["dist"]);
        assert_eq!(names(&dist)?, ["second"]);
        Ok(())
    }
}
