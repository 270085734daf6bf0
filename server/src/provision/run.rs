//! The commands `plan`, `apply`, `repair` and `remove` on a terminal: what is said where, and with which exit code.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use tokio::sync::mpsc;

use super::apply::{self, Summary};
use super::args::{Args, CheckArgs, Output, VerifyArgs};
use super::check::{self};
use super::event::{Event, Events};
use super::inventory::Stored;
use super::plan::{self, Step};
use super::remove::{self, Removal};
use super::settings::{self, Settings};
use super::teller::Teller;
use super::verify::{self, Finding, Means};
use super::{SetupError, report};
use crate::cluster::Hands;

/// Exit codes of the doors.
const GOOD: u8 = 0;
const DIFFERS: u8 = 1;
const UNFINISHED: u8 = 3;

struct Session {
    settings: Settings,
    hands: Hands,
    output: Output,
    yes: bool,
}

async fn begin(args: &Args) -> Result<Session, SetupError> {
    let settings = settings::load(&args.layer, args.config.as_deref())?;
    let hands = Hands::from_kubeconfig(args.kubeconfig.as_deref())
        .await
        .map_err(SetupError::Use)?;
    Ok(Session {
        settings,
        hands,
        output: args.output,
        yes: args.yes,
    })
}

/// `servelens check`: 0 well, 1 it found something.
pub async fn check(args: &CheckArgs) -> Result<u8, SetupError> {
    let session = begin(&args.common).await?;
    let means = match args.doors.is_given() {
        true => Some(Means::new(&session.hands, &args.doors)?),
        false => None,
    };
    let asking = means.as_ref().map(Means::asking);
    let checks = check::run(&session.hands, &session.settings, asking.as_ref()).await?;
    match session.output {
        Output::Json => say(&format!("{:#}\n", check::json(&checks)))?,
        Output::Text => say(&check::text(&checks))?,
    }
    Ok(if check::is_good(&checks) { GOOD } else { DIFFERS })
}

/// `servelens verify`: 0 series arrive, 1 some do not.
pub async fn verify(args: &VerifyArgs) -> Result<u8, SetupError> {
    let session = begin(&args.common).await?;
    let means = Means::new(&session.hands, &args.doors)?;
    let asking = means.asking();
    let deadline = tokio::time::Instant::now() + Duration::from_secs(args.wait);
    let found = loop {
        let found = verify::run(&session.hands, &asking, &session.settings).await?;
        let good = found.iter().all(|finding| finding.good);
        if good || tokio::time::Instant::now() >= deadline {
            break found;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    };
    let good = found.iter().all(|finding| finding.good);
    match session.output {
        Output::Json => {
            let list: Vec<_> = found.iter().map(Finding::to_json).collect();
            say(&format!(
                "{:#}\n",
                serde_json::json!({"success": good, "findings": list})
            ))?;
        }
        Output::Text => {
            for finding in &found {
                let sign = if finding.good { '√' } else { '×' };
                let next = if finding.good {
                    String::new()
                } else {
                    format!("    {}\n", finding.next)
                };
                say(&format!("{sign} {}\n{next}", finding.what))?;
            }
        }
    }
    Ok(if good { GOOD } else { DIFFERS })
}

/// `servelens plan`: 0 nothing to change, 1 it differs.
pub async fn plan(args: &Args) -> Result<u8, SetupError> {
    let session = begin(args).await?;
    let plan = plan::make(&session.hands, &session.settings).await?;
    match session.output {
        Output::Json => say(&format!("{:#}\n", report::plan_json(&plan)))?,
        Output::Text => say(&report::plan_text(&plan.user, &plan.steps.iter().collect::<Vec<_>>()))?,
    }
    Ok(if plan.differs() { DIFFERS } else { GOOD })
}

pub async fn apply(args: &Args) -> Result<u8, SetupError> {
    let session = begin(args).await?;
    let plan = plan::make(&session.hands, &session.settings).await?;
    make(&session, plan, |_, _| true).await
}

/// `servelens repair`: what this installation has made and somebody has changed or taken away.
pub async fn repair(args: &Args) -> Result<u8, SetupError> {
    let session = begin(args).await?;
    let plan = plan::make(&session.hands, &session.settings).await?;
    if plan.stored.inventory.is_empty() {
        return Err(SetupError::Use(
            "there is no record of an installation here: nothing to repair; `servelens apply` sets it up".to_owned(),
        ));
    }
    make(&session, plan, |step, stored| stored.is_drift(step)).await
}

async fn make(session: &Session, plan: plan::Plan, wanted: impl Fn(&Step, &Stored) -> bool) -> Result<u8, SetupError> {
    let shown: Vec<&Step> = plan
        .steps
        .iter()
        .filter(|step| !step.action.writes() || wanted(step, &plan.stored))
        .collect();
    let any = shown.iter().any(|step| step.action.writes());
    if session.output == Output::Text {
        if any {
            say(&report::plan_text(&plan.user, &shown))?;
        }
        if any && !agreed(session.yes)? {
            return Ok(DIFFERS);
        }
    } else if any && !session.yes {
        return Err(consent());
    }
    watched(session, async |events| {
        apply::run(&session.hands, &session.settings, plan, events, wanted).await
    })
    .await
}

pub async fn remove(args: &Args) -> Result<u8, SetupError> {
    let session = begin(args).await?;
    let user = session.hands.who().await?.unwrap_or_else(plan::unnamed);
    let stored = Stored::load(&session.hands, &session.settings).await?;
    if !stored.is_record() {
        let place = format!("{}/{}", session.settings.home(), Stored::name(&session.settings));
        match session.output {
            Output::Text => say(&format!(
                "Nothing to remove: there is no record {place}. If it was lost, `servelens apply` writes it anew.\n"
            ))?,
            Output::Json => say(&format!("{}\n", report::summary_json(&Summary::default())))?,
        }
        return Ok(GOOD);
    }
    let removal: Removal = remove::plan(&session.hands, &session.settings, stored).await?;
    if session.output == Output::Text {
        say(&report::plan_text(&user, &removal.steps().collect::<Vec<_>>()))?;
        if !agreed(session.yes)? {
            return Ok(DIFFERS);
        }
    } else if !session.yes {
        return Err(consent());
    }
    watched(&session, async |events| {
        remove::run(&session.hands, &session.settings, removal, events).await
    })
    .await
}

/// Runs it while its events are told.
async fn watched(
    session: &Session,
    run: impl AsyncFnOnce(&Events) -> Result<Summary, SetupError>,
) -> Result<u8, SetupError> {
    let (send, mut receive) = mpsc::unbounded_channel::<Event>();
    let output = session.output;
    let told = tokio::spawn(async move {
        let mut teller = Teller::new(output);
        while let Some(event) = receive.recv().await {
            let line = teller.line(&event);
            if !line.is_empty() {
                teller.aside(|| say(&format!("{line}\n")))?;
            }
        }
        teller.end();
        Ok::<_, SetupError>(())
    });
    let events = Events(send);
    let summary = run(&events).await;
    drop(events);
    // The last events are on their way until here.
    drop(told.await);
    let summary = summary?;
    match output {
        Output::Json => say(&format!("{}\n", report::summary_json(&summary)))?,
        Output::Text => say(&report::summary_text(&summary))?,
    }
    Ok(if summary.is_whole() { GOOD } else { UNFINISHED })
}

fn consent() -> SetupError {
    SetupError::Use("this changes the cluster: look at `servelens plan` first, then add --yes".to_owned())
}

/// Asks, where somebody is there to answer.
fn agreed(yes: bool) -> Result<bool, SetupError> {
    if yes {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() {
        return Err(consent());
    }
    say("Do this? Type yes: ")?;
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    Ok(read.is_ok() && answer.trim() == "yes")
}

/// A reader that has gone is no fault of ours.
fn say(text: &str) -> Result<(), SetupError> {
    let mut out = std::io::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => Err(SetupError::Cluster(format!(
            "standard output cannot be written: {cause}"
        ))),
        _ => Ok(()),
    }
}
