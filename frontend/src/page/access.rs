//! "What you can see and why": who the caller is, which rights count, at which port, and the command that grants one
//! that is missing. All of it is what the cluster says of the caller's own token.

use std::sync::Arc;

use leptos::prelude::*;
use server_api::{Me, Right, Scope};

use crate::{
    route::{Location, Page, Scope as Place},
    state::{App, Load},
    ui::{
        grant, heading,
        icon::{Icon, icon},
        notice, part,
        shell::{follow_to, href_to},
    },
    words::{counted, forms, key, t, t_with},
};

pub fn page(app: App) -> AnyView {
    let body = move || match app.me.get() {
        Load::Waiting => view! { <p class="sl-muted" role="status">{t("Loading")}</p> }.into_any(),
        Load::Failed(error) => notice::fault(&error, move || app.fetch_basics()),
        Load::Here(me) => told(app, &me),
    };
    view! {
        <div class="sl-head">
            <div class="sl-head-text">
                {heading(app, || t("What you can see and why"))}
                <p class="sl-muted">
                    {t("Every question goes to the cluster with your own rights: Servelens has none of its own to lend.")}
                </p>
            </div>
        </div>
        {part(body)}
    }
    .into_any()
}

fn told(app: App, me: &Arc<Me>) -> AnyView {
    let count = me.namespaces.len();
    let scope = match me.scope {
        Scope::Cluster => t("You see the metrics of every namespace."),
        Scope::Namespaces if count == 0 => {
            t("You see the metrics of the namespaces that you name, as far as the cluster allows.")
        }
        Scope::Namespaces => counted(
            forms(
                "You see the metrics of {{count}} namespace.",
                "You see the metrics of {{count}} namespaces.",
            ),
            count,
            &[],
        ),
        Scope::None => t("You see the metrics of no namespace."),
    };
    let user = (!me.user.is_empty()).then(|| {
        view! { <p>{t("Signed in as")} " " <strong translate="no">{me.user.clone()}</strong></p> }
    });
    let rights: Vec<AnyView> = me.rights.iter().map(|one| right(one, &me.user)).collect();
    view! {
        <section class="sl-card sl-access">
            {user}
            <p>{scope}</p>
        </section>
        <section class="sl-card sl-access">
            <h2>{t("Rights")}</h2>
            <ul class="sl-rights">{rights}</ul>
        </section>
        {(count > 0).then(|| namespaces(app, &me.namespaces))}
    }
    .into_any()
}

/// What the ports of the metrics front decide.
fn port_said(port: u16) -> &'static str {
    match port {
        9091 => key("Asked at port 9091, which answers for the whole cluster."),
        9092 => key("Asked at port 9092, which answers for the namespaces that you name."),
        9093 => key("Asked at port 9093, which answers for the rules of a namespace."),
        _ => key("Asked at the metrics store."),
    }
}

fn right(right: &Right, user: &str) -> AnyView {
    let (mark, class, word) = if right.allowed {
        (Icon::Check, "sl-right sl-right-here", t("You have it"))
    } else {
        (Icon::Lock, "sl-right sl-right-missing", t("You do not have it"))
    };
    let role = t_with("Role {{role}}", &[("role", &right.role)]);
    let port = right
        .port
        .map(|port| view! { <p class="sl-muted">{t(port_said(port))}</p> });
    let grant = (!right.allowed && !right.grant.is_empty()).then(|| {
        let command = grant(&right.grant, user);
        view! {
            <p>{t("This command grants the role that is missing:")}</p>
            <pre translate="no" tabindex="0"><code>{command}</code></pre>
        }
    });
    view! {
        <li class=class data-allowed=right.allowed.to_string()>
            {icon(mark)}
            <div>
                <p><strong>{t(&right.name)}</strong> " · " {word}</p>
                <p class="sl-muted">{role}</p>
                {port}
                {grant}
            </div>
        </li>
    }
    .into_any()
}

fn namespaces(app: App, names: &[String]) -> AnyView {
    let link = |name: &String| {
        let to = Location {
            page: Page::Overview,
            scope: Place::Namespace(name.clone()),
            ..Location::default()
        };
        let href = href_to(app, &to);
        view! {
            <li>
                <a class="sl-board-link" translate="no" href=href on:click=move |event| follow_to(app, || to.clone(), &event)>
                    {name.clone()}
                </a>
            </li>
        }
        .into_any()
    };
    let links: Vec<AnyView> = names.iter().map(link).collect();
    view! {
        <section class="sl-card sl-access">
            <h2>{t("Namespaces whose metrics you may read")}</h2>
            <ul class="sl-deeper">{links}</ul>
        </section>
    }
    .into_any()
}
