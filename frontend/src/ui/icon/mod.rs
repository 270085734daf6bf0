//! Line drawings of 16 by 16, in the colour of the text around them. Decoration only: the words stand beside them.

use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    Close,
    Error,
    Info,
    Lock,
    Logo,
    Moon,
    NoSamples,
    NoTraffic,
    Question,
    Refresh,
    Sun,
    Table,
    Warning,
    ZoomOut,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Check => "M2.8 8.4l3.4 3.4 7-7.4",
            Self::ChevronDown => "M4 6.2l4 4 4-4",
            Self::ChevronLeft => "M9.8 4l-4 4 4 4",
            Self::ChevronRight => "M6.2 4l4 4-4 4",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Error => "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
            Self::Info => "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 7.4v3.6M8 4.9v.2",
            Self::Lock => "M3.8 7.2h8.4v6.4H3.8zM5.4 7.2V5a2.6 2.6 0 0 1 5.2 0v2.2",
            Self::Logo => "M2 12.5V9.2M6 12.5V5.8M10 12.5V8M14 12.5V3.5",
            Self::Moon => "M13.4 9.6A5.8 5.8 0 0 1 6.4 2.6a5.8 5.8 0 1 0 7 7z",
            Self::NoSamples => "M2.2 13.4h11.6M3.6 10.6l1.2-1.2M6.6 8l.8-.6M9.4 6.8l.9.5M12 8.2l1.2-1.4",
            Self::NoTraffic => "M1.6 10.4h12.8M1.6 13.4h12.8M8 2.4v5M5.9 5.4L8 7.5l2.1-2.1",
            Self::Question => {
                "M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM6.1 6.2a1.9 1.9 0 1 1 2.8 1.7c-.6.3-.9.7-.9 1.3M8 11.2v.2"
            }
            Self::Refresh => "M13.4 8a5.4 5.4 0 1 1-1.7-3.9M13.6 1.8v3h-3",
            Self::Sun => {
                "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8L13 13M3 13l1.2-1.2M11.8 4.2L13 3"
            }
            Self::Table => "M2.2 3h11.6v10H2.2zM2.2 6.3h11.6M2.2 9.6h11.6M6.2 3v10",
            Self::Warning => "M8 2l6.4 11.4H1.6zM8 6.4v3.4M8 11.6v.2",
            Self::ZoomOut => "M7 2.2a4.8 4.8 0 1 0 0 9.6 4.8 4.8 0 0 0 0-9.6zM10.5 10.5l3.6 3.6M4.9 7h4.2",
        }
    }
}

pub fn icon(which: Icon) -> AnyView {
    view! {
        <svg class="sl-icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=which.path()></path>
        </svg>
    }
    .into_any()
}
