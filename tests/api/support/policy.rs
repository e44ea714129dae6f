use rolecall::policy::POLICY;
use rolecall_server::policy::Policy;
use rolecall_server::route::Route;

/// The policy in force.
pub fn policy() -> Policy {
    Policy::new(POLICY.iter().map(Route::rule).collect())
}
