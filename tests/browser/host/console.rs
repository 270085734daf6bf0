//! The consoles: each pair of loader and React that a supported OpenShift has, and what each has of its own.

use tests::rig::host::Console;

/// Legacy manifest, page with props, React 17, a shared scope under `*`. Served below a path, as a console may be.
pub const C4_14: Console = Console {
    name: "4.14 with its own loader and React 17",
    release: "4.14",
    bundle: "console-react17",
    manifest_shape: "legacy",
    base_path: "/console/",
    shares_sdk: true,
    no_store: false,
    dark: "pf-theme-dark",
};

pub const C4_18: Console = Console {
    name: "4.18 with its own loader and React 17",
    release: "4.18",
    manifest_shape: "standard",
    base_path: "/",
    dark: "pf-v5-theme-dark pf-theme-dark",
    ..C4_14
};

/// The last with a shared scope under `*`; it still takes the legacy manifest.
pub const C4_20: Console = Console {
    name: "4.20 with its own loader, React 17 and the legacy manifest",
    release: "4.20",
    manifest_shape: "legacy",
    dark: "pf-v6-theme-dark pf-v5-theme-dark",
    ..C4_18
};

/// webpack's shared scope: versions, and a `get` that answers at once.
pub const C4_21: Console = Console {
    name: "4.21 with its own loader and React 17",
    release: "4.21",
    manifest_shape: "standard",
    ..C4_20
};

/// No console has this pair, nor keeps its SDK to itself; it shows that nothing depends on either.
pub const C4_21_REACT_18: Console = Console {
    name: "the loader of 4.21 with React 18",
    bundle: "console-react18",
    shares_sdk: false,
    ..C4_21
};

/// Served below a path, too: with the standard manifest the SDK reads the base from the root of its host.
pub const C4_22: Console = Console {
    name: "4.22 with the SDK 8 and React 18",
    base_path: "/console/",
    release: "4.22",
    bundle: "sdk8-react18",
    shares_sdk: true,
    dark: "pf-v6-theme-dark",
    ..C4_21
};

/// Forbids HTTP caching of the plugin's files.
pub const C4_23: Console = Console {
    name: "4.23 with the SDK 9 and React 18",
    release: "4.23",
    bundle: "sdk9-react18",
    base_path: "/",
    no_store: true,
    ..C4_22
};
