//! The way to every dashboard that has no tab: a menu in groups beside the tabs, and a row of links below a page's heading.

use leptos::prelude::*;
use server_api::DashboardEntry;

use super::{
    part,
    popover::Popover,
    shell::{follow, href},
};
use crate::{
    route::Page,
    state::App,
    words::{key, t},
};

/// In the menu's order; the last stands for boards that nobody has placed, such as a user's own.
const GROUPS: [(&str, &str); 5] = [
    ("Models and runtimes", key("Models and runtimes")),
    ("Routing", key("Routing")),
    ("Accelerators", key("Accelerators")),
    ("Platform", key("Platform")),
    ("", key("More")),
];

/// The menu of all boards.
#[component]
pub fn Boards() -> impl IntoView {
    let app = App::here();
    let open = RwSignal::new(false);
    let here = move || app.lost().is_none() && matches!(app.page(), Page::Board(_));
    // Whichever way the page went somewhere, the menu has done its work.
    Effect::new(move |_| {
        app.page();
        open.set(false);
    });
    view! {
        <div class="sl-menu" class:sl-menu-here=Signal::derive(here)>
            <Popover
                name=key("All dashboards")
                label=Signal::derive(|| t("Dashboards"))
                open=open
            >
                {part(move || groups(app))}
            </Popover>
        </div>
    }
    .into_any()
}

fn groups(app: App) -> AnyView {
    let groups = GROUPS.iter().filter_map(|(group, title)| {
        let boards = app.boards(group);
        let links: Vec<AnyView> = boards
            .into_iter()
            .map(|board| view! { <li>{link(app, board, true)}</li> }.into_any())
            .collect();
        (!links.is_empty()).then(|| {
            view! {
                <div class="sl-menu-group">
                    <p class="sl-menu-title">{t(title)}</p>
                    <ul>{links}</ul>
                </div>
            }
            .into_any()
        })
    });
    view! {
        <nav class="sl-menu-groups" aria-label=t("All dashboards")>
            {groups.collect::<Vec<_>>()}
        </nav>
        <div class="sl-menu-access">{further(app, Page::Access)} {further(app, Page::Setup)}</div>
    }
    .into_any()
}

/// To a page that is no dashboard.
fn further(app: App, page: Page) -> AnyView {
    let title = t(page.title());
    let page = StoredValue::new(page);
    view! {
        <a
            class="sl-board-link"
            href=Signal::derive(move || href(app, &page.get_value()))
            on:click=move |event| follow(app, &page.get_value(), &event)
        >
            {title}
        </a>
    }
    .into_any()
}

/// From a board back to the tab that it goes deeper into; nothing on a tab's page.
#[component]
pub fn Crumbs(page: Page) -> impl IntoView {
    let app = App::here();
    part(move || {
        let Page::Board(_) = &page else { return ().into_any() };
        let group = app.dashboard(&page).map(|board| board.group).unwrap_or_default();
        let Some(tab) = Page::TABS.into_iter().find(|tab| tab.group() == group) else {
            return ().into_any();
        };
        let (title, to, back) = (t(tab.title()), href(app, &tab), tab);
        view! {
            <nav class="sl-crumbs" aria-label=t("Breadcrumb")>
                <ol>
                    <li>
                        <a class="sl-text-link" href=to on:click=move |event| follow(app, &back, &event)>
                            {title}
                        </a>
                    </li>
                    <li aria-current="page">{app.title(&page)}</li>
                </ol>
            </nav>
        }
        .into_any()
    })
}

/// On a tab's page: the boards behind it. On a board: its neighbours, itself marked.
#[component]
pub fn Deeper(page: Page) -> impl IntoView {
    let app = App::here();
    let tab = Page::TABS.contains(&page);
    part(move || {
        let group = match &page {
            Page::Board(_) => app.dashboard(&page).map(|board| board.group).unwrap_or_default(),
            tab => tab.group().to_owned(),
        };
        let boards = if group.is_empty() {
            Vec::new()
        } else {
            app.boards(&group)
        };
        if boards.is_empty() {
            return ().into_any();
        }
        let links: Vec<AnyView> = boards.into_iter().map(|board| link(app, board, false)).collect();
        view! {
            <nav class="sl-deeper" aria-label=t("Related dashboards")>
                <span class="sl-muted">{if tab { t("In detail") } else { t(&group) }}</span>
                {links}
            </nav>
        }
        .into_any()
    })
}

fn link(app: App, board: DashboardEntry, with_words: bool) -> AnyView {
    let page = StoredValue::new(Page::Board(board.id));
    let current = move || (app.lost().is_none() && page.with_value(|page| app.page() == *page)).then_some("page");
    view! {
        <a
            class="sl-board-link"
            href=Signal::derive(move || href(app, &page.get_value()))
            aria-current=Signal::derive(current)
            on:click=move |event| follow(app, &page.get_value(), &event)
        >
            {t(&board.title)}
            {with_words.then(|| view! { <span class="sl-board-tells">{t(&board.tells)}</span> })}
        </a>
    }
    .into_any()
}
