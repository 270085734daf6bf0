//! Files and disks: certificates that a kubelet changes, a log that cannot be written.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use anyhow::Result;
use tests::rig::front_door::Https;
use tests::rig::serve::free_port;
use tests::rig::{child, http, paths, small_dist, wait};

/// As a kubelet does it: both files change by the swap of the one link above them.
fn mount(folder: &Path, turn: u32) -> Result<String> {
    let pair = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let dated = format!("..{turn}");
    fs::create_dir(folder.join(&dated))?;
    fs::write(folder.join(&dated).join("tls.crt"), pair.cert.pem())?;
    fs::write(folder.join(&dated).join("tls.key"), pair.signing_key.serialize_pem())?;
    symlink(&dated, folder.join("..data_tmp"))?;
    fs::rename(folder.join("..data_tmp"), folder.join("..data"))?;
    Ok(pair.cert.pem())
}

#[tokio::test]
async fn promise_21_the_program_takes_a_new_certificate_by_itself() -> Result<()> {
    let (assets, secret) = (small_dist::write()?, tempfile::tempdir()?);
    let first = mount(secret.path(), 1)?;
    for name in ["tls.crt", "tls.key"] {
        symlink(Path::new("..data").join(name), secret.path().join(name))?;
    }
    let (page, metrics) = (free_port()?, free_port()?);
    let file = |name: &str| secret.path().join(name).to_string_lossy().into_owned();
    let args = [
        "serve",
        "--listen",
        &format!("127.0.0.1:{page}"),
        "--metrics-listen",
        &format!("127.0.0.1:{metrics}"),
        "--assets",
        &assets.path().to_string_lossy(),
        "--upstream=prometheus",
        "--cluster-url=http://127.0.0.1:9",
        "--tls-cert-file",
        &file("tls.crt"),
        "--tls-key-file",
        &file("tls.key"),
    ];
    let _child = child::start_kept(&paths::servelens()?, &args, &[])?;
    let url = format!("https://localhost:{page}/servelens");
    let url = &url;
    let with = |pem: &str| {
        let https = Https::new(pem);
        async move {
            let https = https?;
            wait::until(
                "the page answers",
                async || https.get(url, "").await,
                |answer| answer.status.is_success(),
            )
            .await
        }
    };
    let answer = with(&first).await?;
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
    let second = mount(secret.path(), 2)?;
    with(&second).await?;
    assert!(
        Https::new(&first)?.get(url, "").await.is_err(),
        "the old one is not shown any more"
    );
    let own = format!("https://localhost:{metrics}/metrics");
    let own = Https::new(&second)?.get(&own, "").await?.text();
    assert!(own.contains("servelens_certificate_refused 0"), "{own}");
    Ok(())
}

#[tokio::test]
async fn a_log_that_cannot_be_written_because_the_disk_is_full_stops_nobody() -> Result<()> {
    let assets = small_dist::write()?;
    let (page, metrics) = (free_port()?, free_port()?);
    let line = format!(
        "exec {} serve --listen 127.0.0.1:{page} --metrics-listen 127.0.0.1:{metrics} --assets {} \
         --upstream prometheus --cluster-url http://127.0.0.1:9 --log-level debug 2>/dev/full",
        paths::servelens()?.display(),
        assets.path().display()
    );
    let _child = child::start_kept(Path::new("sh"), &["-c", &line], &[])?;
    let health = format!("http://127.0.0.1:{page}/healthz");
    wait::until(
        "it answers",
        async || http::get(&health).await,
        |answer| answer.status.is_success(),
    )
    .await?;
    for _ in 0..20 {
        assert_eq!(http::get(&health).await?.status, 200);
        // A failure writes a line of its own.
        let url = format!("http://127.0.0.1:{page}/api/v1/labels");
        let failed = http::send(
            axum::http::Method::GET,
            &url,
            &[("authorization", "Bearer a")],
            bytes::Bytes::new(),
        );
        assert_eq!(failed.await?.status, 502);
    }
    Ok(())
}
