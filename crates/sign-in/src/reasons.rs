//! The reasons that events can have.

use strum::VariantNames as _;

use super::attempts::AttemptError;
use super::bearer::BearerError;
use super::provider::ClientRequestError;
use super::refresh::RefreshError;
use super::session::ProviderSignOutError;
use super::{BeginSignInError, ChannelError, CompleteSignInError, Denied, Event, GroupsError};

impl Event {
    /// Every reason that events called `name` can have, for documentation and alarms; none for an event without
    /// reasons, or whose reasons are not errors.
    #[must_use]
    pub fn reasons(name: &str) -> Vec<&'static str> {
        // A variant that stands for the reasons of another list, not for itself.
        let (own, through, others): (&[_], &[&str], &[&[_]]) = match name {
            "sign_in_not_begun" => (BeginSignInError::VARIANTS, &[], &[]),
            "sign_in_refused" => (
                CompleteSignInError::VARIANTS,
                &["attempt", "groups"],
                &[AttemptError::VARIANTS, GroupsError::VARIANTS],
            ),
            "not_refreshed" => {
                (RefreshError::VARIANTS, &["request", "groups"], &[ClientRequestError::VARIANTS, GroupsError::VARIANTS])
            }
            "provider_sign_out_refused" => (ChannelError::VARIANTS, &["sign_out"], &[ProviderSignOutError::VARIANTS]),
            "api_token_refused" => (BearerError::VARIANTS, &[], &[]),
            "access_denied" | "api_denied" => (Denied::VARIANTS, &[], &[]),
            _ => (&[], &[], &[]),
        };
        let own = own.iter().filter(|reason| !through.contains(reason));
        own.chain(others.iter().copied().flatten()).copied().collect()
    }
}
