//! The table of faults, read whole.

use std::collections::BTreeSet;

use crate::error::Fault;

fn every_fault() -> Vec<Fault> {
    let detail = || "10.0.0.7 secret".to_owned();
    vec![
        Fault::NoCaller,
        Fault::NotSignedIn,
        Fault::SessionOver,
        Fault::CrossSite,
        Fault::SignInFailed("the issuer did not take the code".to_owned()),
        Fault::IssuerUnreachable(detail()),
        Fault::ImpersonationRefused("impersonate-user".to_owned()),
        Fault::TokenRefused,
        Fault::NamespaceDenied("team-a".to_owned()),
        Fault::RulesDenied("team-a".to_owned()),
        Fault::NothingAllowed,
        Fault::NotClaimed("team-a".to_owned()),
        Fault::NothingClaimed,
        Fault::BearerUnclaimed,
        Fault::NamespaceNeeded,
        Fault::ClusterFailed(detail()),
        Fault::NoCluster,
        Fault::SetupDenied("configmaps is forbidden".to_owned()),
        Fault::SetupRefused("there is no namespace team-x: make it, or name another".to_owned()),
        Fault::SetupFailed(detail()),
        Fault::BadRequest("`width` is missing".to_owned()),
        Fault::QueryRefused("A string in the query does not end; close its quotes.".to_owned()),
        Fault::RangeReversed { from: 2, to: 1 },
        Fault::TooManyPoints {
            points: 12_000,
            limit: 11_000,
        },
        Fault::BodyTooLarge(65_536),
        Fault::BodyTooSlow(10_000),
        Fault::NotFound,
        Fault::MethodNotAllowed,
        Fault::UnknownFrameVersion("2".to_owned()),
        Fault::UnknownPanel("x".to_owned()),
        Fault::CatalogFault(detail()),
        Fault::UpstreamUnreachable(detail()),
        Fault::UpstreamUntrusted(detail()),
        Fault::UpstreamTimeout(25_000),
        Fault::UpstreamError {
            status: 500,
            text: detail(),
        },
        Fault::UpstreamNotPrometheus(detail()),
        Fault::UpstreamTruncated(detail()),
        Fault::UpstreamDenied(403),
        Fault::UpstreamRedirect(302),
        Fault::UpstreamTooLarge("32 MiB".to_owned()),
        Fault::UpstreamBusy,
        Fault::QueryRejected("parse error".to_owned()),
        Fault::QueryFailed("too many samples".to_owned()),
        Fault::Busy,
        Fault::CallerBusy,
        Fault::Internal(detail()),
    ]
}

#[test]
fn every_fault_has_its_own_code() {
    let rows = every_fault();
    let codes: BTreeSet<_> = rows.iter().map(|fault| fault.public().code).collect();
    assert_eq!(codes.len(), rows.len());
    let table: Vec<_> = rows
        .iter()
        .map(|fault| {
            let row = fault.public();
            format!(
                "{} {} ({} in /api/v1)",
                row.status.as_u16(),
                row.code,
                fault.prometheus_type()
            )
        })
        .collect();
    insta::assert_snapshot!(table.join("\n"), @r#"
    401 no_caller (no_caller in /api/v1)
    401 not_signed_in (not_signed_in in /api/v1)
    401 session_over (session_over in /api/v1)
    403 cross_site (cross_site in /api/v1)
    403 sign_in_failed (sign_in_failed in /api/v1)
    502 issuer_unreachable (issuer_unreachable in /api/v1)
    403 impersonation_refused (impersonation_refused in /api/v1)
    401 token_refused (token_refused in /api/v1)
    403 namespace_denied (namespace_denied in /api/v1)
    403 rules_denied (rules_denied in /api/v1)
    403 nothing_allowed (nothing_allowed in /api/v1)
    403 namespace_not_claimed (namespace_not_claimed in /api/v1)
    403 nothing_claimed (nothing_claimed in /api/v1)
    401 bearer_unclaimed (bearer_unclaimed in /api/v1)
    403 namespace_needed (namespace_needed in /api/v1)
    502 cluster_failed (cluster_failed in /api/v1)
    404 no_cluster (no_cluster in /api/v1)
    403 setup_denied (setup_denied in /api/v1)
    400 setup_refused (setup_refused in /api/v1)
    502 setup_failed (setup_failed in /api/v1)
    400 bad_request (bad_data in /api/v1)
    400 query_refused (bad_data in /api/v1)
    400 range_reversed (bad_data in /api/v1)
    400 too_many_points (bad_data in /api/v1)
    413 body_too_large (bad_data in /api/v1)
    408 body_too_slow (bad_data in /api/v1)
    404 not_found (not_found in /api/v1)
    405 method_not_allowed (method_not_allowed in /api/v1)
    406 unknown_frame_version (unknown_frame_version in /api/v1)
    404 unknown_panel (unknown_panel in /api/v1)
    500 catalog_fault (internal in /api/v1)
    502 upstream_unreachable (upstream_unreachable in /api/v1)
    502 upstream_untrusted (upstream_untrusted in /api/v1)
    504 upstream_timeout (timeout in /api/v1)
    502 upstream_error (upstream_error in /api/v1)
    502 upstream_not_prometheus (upstream_not_prometheus in /api/v1)
    502 upstream_truncated (upstream_truncated in /api/v1)
    403 upstream_denied (upstream_denied in /api/v1)
    502 upstream_redirect (upstream_redirect in /api/v1)
    502 upstream_too_large (upstream_too_large in /api/v1)
    503 upstream_busy (unavailable in /api/v1)
    400 query_rejected (bad_data in /api/v1)
    422 query_failed (execution in /api/v1)
    503 busy (unavailable in /api/v1)
    429 caller_busy (unavailable in /api/v1)
    500 internal (internal in /api/v1)
    "#);
}

#[test]
fn every_fault_says_one_sentence_and_a_next_step_and_keeps_its_detail_for_the_log() {
    for fault in every_fault() {
        let row = fault.public();
        for text in [&row.message, &row.next_step] {
            let first = text.chars().next().unwrap();
            assert!(first.is_uppercase(), "{text}");
            assert!(!text.contains("10.0.0.7") && !text.contains("secret"), "{text}");
            assert!(!fault.prometheus_text().contains("10.0.0.7"));
        }
        assert!(!fault.to_string().is_empty());
    }
}
