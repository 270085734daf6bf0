//! `cargo xtask image` from outside: what is in the archive, whom it runs as, and that two builds are one. The program in it
//! is a small one, because only its form counts here.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A page and a static program.
fn parts(room: &Path) -> Result<()> {
    let page = room.join("page");
    fs::create_dir_all(page.join("assets"))?;
    fs::write(page.join("plugin-entry.js"), "'entry';")?;
    fs::write(page.join("assets/servelens.0a.js"), "export default 1;")?;
    fs::write(page.join(".inputs"), "of the build alone")?;
    fs::write(room.join("main.rs"), "fn main() { println!(\"alone\"); }")?;
    let mut rustc = Command::new("rustc");
    rustc.arg(room.join("main.rs")).arg("-o").arg(room.join("program"));
    ensure!(rustc.arg("-Ctarget-feature=+crt-static").status()?.success());
    Ok(())
}

fn image(room: &Path, program: &str, to: &[&str]) -> Result<Output> {
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask.arg("image").arg("--program").arg(room.join(program));
    xtask.arg("--page").arg(room.join("page"));
    xtask.args(to).output().context("running xtask")
}

fn archive(room: &Path, name: &str) -> Result<Vec<u8>> {
    let out = room.join(name);
    let output = image(room, "program", &["--out", &out.to_string_lossy()])?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(fs::read(out)?)
}

/// Path → (mode, owner, group, time, bytes), and the paths in their order.
type Entries = (BTreeMap<String, (u32, u64, u64, u64, Vec<u8>)>, Vec<String>);

fn untar(bytes: &[u8]) -> Result<Entries> {
    let (mut found, mut order) = (BTreeMap::new(), Vec::new());
    for entry in tar::Archive::new(bytes).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.to_string_lossy().into_owned();
        let header = entry.header().clone();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        order.push(path.clone());
        found.insert(
            path,
            (header.mode()?, header.uid()?, header.gid()?, header.mtime()?, bytes),
        );
    }
    Ok((found, order))
}

fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// The bytes of a descriptor, checked against it.
fn blob(archive: &Entries, descriptor: &Value) -> Result<Vec<u8>> {
    let named = descriptor["digest"].as_str().context("a descriptor without a digest")?;
    let found = archive.0.get(&format!("blobs/{}", named.replace(':', "/")));
    let bytes = &found.context("a blob is missing")?.4;
    assert_eq!(digest(bytes), named);
    assert_eq!(descriptor["size"], bytes.len());
    Ok(bytes.clone())
}

#[test]
fn the_archive_is_an_oci_image_that_runs_the_program_as_nobody_and_holds_nothing_else() -> Result<()> {
    let room = tempfile::tempdir()?;
    parts(room.path())?;
    let archive = untar(&archive(room.path(), "one.tar")?)?;
    let file = |name: &str| -> Result<Value> {
        let found = archive.0.get(name).with_context(|| format!("no {name}"))?;
        Ok(serde_json::from_slice(&found.4)?)
    };
    assert_eq!(file("oci-layout")?, json!({"imageLayoutVersion": "1.0.0"}));
    let index = file("index.json")?;
    let [listed] = index["manifests"].as_array().context("no manifests")?.as_slice() else {
        panic!("one image, not {index}")
    };
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(listed["annotations"]["org.opencontainers.image.ref.name"], version);
    let manifest: Value = serde_json::from_slice(&blob(&archive, listed)?)?;
    let config: Value = serde_json::from_slice(&blob(&archive, &manifest["config"])?)?;
    let layer = blob(&archive, &manifest["layers"][0])?;
    let mut unpacked = Vec::new();
    GzDecoder::new(layer.as_slice()).read_to_end(&mut unpacked)?;

    let architecture = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "amd64"
    };
    assert_eq!(
        config,
        json!({
            "architecture": architecture,
            "os": "linux",
            "created": "1970-01-01T00:00:00Z",
            "config": {
                "User": "65532:65532",
                "WorkingDir": "/",
                "Entrypoint": ["/usr/bin/servelens"],
                "Cmd": ["serve"],
                "Env": ["SERVELENS_ASSETS=/usr/share/servelens"],
                "ExposedPorts": {"8443/tcp": {}, "8478/tcp": {}},
                "StopSignal": "SIGTERM",
                "Labels": {
                    "org.opencontainers.image.title": "Servelens",
                    "org.opencontainers.image.description": "What a model-serving platform is doing.",
                    "org.opencontainers.image.version": version,
                    "org.opencontainers.image.licenses": "Apache-2.0",
                },
            },
            "rootfs": {"type": "layers", "diff_ids": [digest(&unpacked)]},
            "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "cargo xtask image"}],
        })
    );
    assert_eq!(
        file("manifest.json")?,
        json!([{
            "Config": format!("blobs/{}", manifest["config"]["digest"].as_str().unwrap().replace(':', "/")),
            "RepoTags": [format!("servelens:{version}")],
            "Layers": [format!("blobs/{}", manifest["layers"][0]["digest"].as_str().unwrap().replace(':', "/"))],
        }])
    );

    let (files, order) = untar(&unpacked)?;
    assert_eq!(
        order,
        [
            "usr/",
            "usr/bin/",
            "usr/bin/servelens",
            "usr/share/",
            "usr/share/licenses/",
            "usr/share/licenses/servelens/",
            "usr/share/licenses/servelens/LICENSE",
            "usr/share/servelens/",
            "usr/share/servelens/assets/",
            "usr/share/servelens/assets/servelens.0a.js",
            "usr/share/servelens/plugin-entry.js",
        ]
    );
    for (path, (mode, owner, group, time, _)) in &files {
        let expect = if path.ends_with('/') || path.ends_with("bin/servelens") {
            0o755
        } else {
            0o644
        };
        assert_eq!((*mode, *owner, *group, *time), (expect, 0, 0, 0), "{path}");
    }
    Ok(())
}

#[test]
fn two_builds_of_one_source_are_the_same_bytes() -> Result<()> {
    let room = tempfile::tempdir()?;
    parts(room.path())?;
    let first = archive(room.path(), "one.tar")?;
    // Nothing but names and bytes may count: the same files, newer and found in another order.
    let page = room.path().join("page");
    for name in ["plugin-entry.js", "assets/servelens.0a.js"] {
        let bytes = fs::read(page.join(name))?;
        fs::remove_file(page.join(name))?;
        fs::write(page.join(name), bytes)?;
    }
    assert!(first == archive(room.path(), "two.tar")?);
    fs::write(page.join("plugin-entry.js"), "'another';")?;
    assert!(first != archive(room.path(), "three.tar")?);
    Ok(())
}

#[test]
fn a_program_that_needs_libraries_is_refused_with_2() -> Result<()> {
    let room = tempfile::tempdir()?;
    parts(room.path())?;
    let mut rustc = Command::new("rustc");
    rustc
        .arg(room.path().join("main.rs"))
        .arg("-o")
        .arg(room.path().join("linked"));
    ensure!(rustc.arg("-Ctarget-feature=-crt-static").status()?.success());
    let output = image(room.path(), "linked", &[])?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("needs libraries that an image does not have"), "{said}");
    Ok(())
}

/// What the Containerfile copies runs, and its own lines say what the archive's configuration says.
#[test]
fn the_containerfile_makes_the_same_image() -> Result<()> {
    let room = tempfile::tempdir()?;
    parts(room.path())?;
    let root = room.path().join("rootfs");
    let output = image(room.path(), "program", &["--rootfs", &root.to_string_lossy()])?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = Command::new(root.join("usr/bin/servelens")).output()?;
    assert_eq!(String::from_utf8_lossy(&said.stdout), "alone\n");

    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let containerfile = fs::read_to_string(checkout.join("Containerfile"))?;
    let last = containerfile.split("FROM scratch\n").nth(1).context("a last stage")?;
    assert_eq!(
        last.lines().collect::<Vec<_>>(),
        [
            "COPY --from=build /image/ /",
            "ENV SERVELENS_ASSETS=/usr/share/servelens",
            "EXPOSE 8443 8478",
            "STOPSIGNAL SIGTERM",
            "USER 65532:65532",
            "ENTRYPOINT [\"/usr/bin/servelens\"]",
            "CMD [\"serve\"]",
        ]
    );
    let workspace = fs::read_to_string(checkout.join("Cargo.toml"))?;
    let (_, oldest) = workspace.split_once("rust-version = \"").context("a rust-version")?;
    let oldest = oldest.split('"').next().unwrap_or_default();
    assert!(containerfile.contains(&format!("FROM rust:{oldest}-")), "{oldest}");
    Ok(())
}
