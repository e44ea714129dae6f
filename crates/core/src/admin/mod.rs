//! Administrators' decisions about people: ending their sessions, disabling them, giving roles here, and answering
//! requests. Each decision is audited in the transaction that puts it in force.

mod administrator;
mod asking;
mod decide;
mod error;
mod giving;
mod person;
mod requests;
mod view_as;

pub use administrator::{Administrator, RECENT};
pub use asking::{ask, settle_by_provider};
pub use error::{DecisionError, NO_TIME};
pub use person::DecidedPerson;
pub use requests::{
    AccessRequest, RequestOutcome, RequestPage, answers_to, decided_page, open_page, open_request, requests_of,
    waiting, waiting_since,
};
pub use view_as::{begin_view_as, end_view_as};
