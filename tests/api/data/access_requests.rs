//! Requests for roles on both dialects: made once, decided once.

use std::time::Duration;

use rolecall_core::admin::{
    AccessRequest, Administrator, DecisionError, RequestOutcome, answers_to, ask, decided_page, open_page, requests_of,
    settle_by_provider, waiting,
};
use rolecall_core::audit::Audit;
use rolecall_model::Role;
use rolecall_sign_in::Auth;
use rolecall_sign_in::session::SignIn;

use super::sign_ins::{person, tokens};
use crate::support::{TestClock, TestDb, count, execute, on_both_dialects};

on_both_dialects! {
    a_request_is_made_once_at_a_time_and_not_for_what_one_has,
    of_two_administrators_who_decide_at_once_one_is_told_of_the_other,
    a_request_that_is_declined_or_assigned_gives_nothing,
    pages_of_requests_follow_each_other,
    a_role_that_comes_in_another_way_closes_the_requests_for_it_and_for_lower_ones,
    a_role_beyond_the_limit_of_the_provider_is_not_given_and_closes_nothing,
    an_administrator_gives_nobody_a_role_beyond_the_limit_of_their_provider,
}

/// Ada and Bea administer; Nora has no role.
struct World {
    auth: Auth,
    audit: Audit,
    clock: TestClock,
    nora: SignIn,
}

impl World {
    async fn new(database: &TestDb) -> Self {
        let clock = TestClock::starting_now();
        let auth = database.auth(&clock);
        Self::with(database, clock, auth).await
    }

    async fn with(database: &TestDb, clock: TestClock, auth: Auth) -> Self {
        let audit = Audit::new(database.db.clone(), &auth.config().secret_keys, clock.clock());
        let nora = sign_in(&auth, "nora", None).await;
        Self { auth, audit, clock, nora }
    }

    async fn ask(&self, role: Role) -> Result<(), DecisionError> {
        ask((&self.auth, &self.audit), &self.nora, role, ("Why <i>not</i>", "/dashboards?x=1"), None).await
    }

    async fn administrator(&self, subject: &str) -> Administrator {
        let sign_in = sign_in(&self.auth, subject, Some(Role::Admin)).await;
        Administrator::new(self.auth.clone(), self.audit.clone(), &sign_in, None)
    }

    async fn only_request(&self) -> String {
        let page = open_page(self.auth.db(), None).await.unwrap();
        let [request] = &page.rows[..] else { panic!("{page:?}") };
        request.id.clone()
    }

    async fn role(&self) -> Option<Role> {
        let live = self.auth.sign_ins().live(&self.nora.id, self.clock.now_ms()).await.unwrap();
        live.unwrap().user.role
    }
}

async fn sign_in(auth: &Auth, subject: &str, role: Option<Role>) -> SignIn {
    auth.sign_ins().create(&person(subject, role, &tokens()), auth.clock().now_ms()).await.unwrap()
}

// Case: admin/request-once
async fn a_request_is_made_once_at_a_time_and_not_for_what_one_has(database: &TestDb) {
    let world = World::new(database).await;
    world.ask(Role::Read).await.unwrap();
    world.ask(Role::Read).await.unwrap();
    world.ask(Role::Write).await.unwrap();
    let of_nora = requests_of(&database.db, world.nora.user_id).await.unwrap();
    assert_eq!(of_nora.len(), 2, "{of_nora:?}");
    assert_eq!((of_nora[0].reason.as_str(), of_nora[0].page.as_deref()), ("Why <i>not</i>", Some("/dashboards")));
    assert_eq!(waiting(&database.db).await.unwrap(), 2);
    assert_eq!(count(&database.db, "audit WHERE kind = 'access_requested'").await, 2);
    let wren = sign_in(&world.auth, "wren", Some(Role::Write)).await;
    ask((&world.auth, &world.audit), &wren, Role::Read, ("x", ""), None).await.unwrap();
    assert_eq!(waiting(&database.db).await.unwrap(), 2);
    let unusable = ask((&world.auth, &world.audit), &wren, Role::Admin, (" ", ""), None).await;
    assert!(matches!(unusable, Err(DecisionError::UnusableField("reason", _))), "{unusable:?}");

    // Ten within a day, and more the day after.
    let ada = world.administrator("ada").await;
    for _ in 2..10 {
        let id = open_page(&database.db, None).await.unwrap().rows[0].id.clone();
        ada.decline_request(id, "no").await.unwrap();
        let missing = if count(&database.db, "access_requests WHERE decided_at IS NULL AND role = 'read'").await == 0 {
            Role::Read
        } else {
            Role::Write
        };
        world.ask(missing).await.unwrap();
    }
    let too_many = world.ask(Role::Admin).await;
    assert!(matches!(too_many, Err(DecisionError::Unusable(_))), "{too_many:?}");
    world.clock.advance(Duration::from_hours(25));
    world.ask(Role::Admin).await.unwrap();
    assert!(world.audit.verify().await.unwrap().is_ok());
}

// Case: admin/request-two-administrators
async fn of_two_administrators_who_decide_at_once_one_is_told_of_the_other(database: &TestDb) {
    let world = World::new(database).await;
    world.ask(Role::Write).await.unwrap();
    assert_eq!(world.role().await, None);
    let (ada, bea, id) =
        (world.administrator("ada").await, world.administrator("bea").await, world.only_request().await);
    let end_ms = world.clock.now_ms() + 60_000;
    let (given, declined) = tokio::join!(
        ada.approve_request(id.clone(), "Fine", Some(end_ms), false),
        bea.decline_request(id.clone(), "No")
    );
    let was_given = given.is_ok();
    assert!(was_given != declined.is_ok(), "{given:?} {declined:?}");
    let told = given.err().or(declined.err()).unwrap().to_string();
    assert!(told.contains("Ada Vale already") && told.contains("this request"), "{told}");
    assert_eq!(world.role().await, was_given.then_some(Role::Write));
    assert_eq!(count(&database.db, "grants").await, i64::from(was_given));
    assert_eq!(count(&database.db, "audit WHERE kind = 'role_granted'").await, i64::from(was_given));
    assert_eq!(
        count(&database.db, "audit WHERE kind IN ('access_request_approved', 'access_request_declined')").await,
        1
    );
    let late = ada.approve_request(id, "", None, false).await;
    assert!(matches!(late, Err(DecisionError::Decided(_))), "{late:?}");
    let unknown = ada.approve_request("x".to_owned(), "", None, false).await;
    assert!(matches!(unknown, Err(DecisionError::Unknown)), "{unknown:?}");
}

// Case: admin/request-declined
async fn a_request_that_is_declined_or_assigned_gives_nothing(database: &TestDb) {
    let world = World::new(database).await;
    let ada = world.administrator("ada").await;
    world.ask(Role::Read).await.unwrap();
    let id = world.only_request().await;
    assert!(matches!(ada.decline_request(id.clone(), " ").await, Err(DecisionError::UnusableField("answer", _))));
    let over = ada.approve_request(id.clone(), "", Some(1), false).await;
    assert!(matches!(over, Err(DecisionError::UnusableField("until", _))), "{over:?}");
    ada.decline_request(id, "Ask your manager").await.unwrap();
    world.clock.advance(Duration::from_millis(1));
    world.ask(Role::Read).await.unwrap();
    ada.request_assigned(world.only_request().await, "").await.unwrap();
    assert_eq!((world.role().await, count(&database.db, "grants").await), (None, 0));
    let of_nora = requests_of(&database.db, world.nora.user_id).await.unwrap();
    let outcomes: Vec<RequestOutcome> =
        of_nora.iter().filter_map(|request| request.decided.map(|(_, how)| how)).collect();
    assert_eq!(outcomes, [RequestOutcome::Assigned, RequestOutcome::Declined]);
    assert_eq!((of_nora[1].answer.as_str(), of_nora[1].decided_by.as_deref()), ("Ask your manager", Some("Ada Vale")));

    // Nobody can decide a request of their own.
    let bea = sign_in(&world.auth, "bea", Some(Role::Write)).await;
    ask((&world.auth, &world.audit), &bea, Role::Admin, ("x", ""), None).await.unwrap();
    let oneself = Administrator::new(world.auth.clone(), world.audit.clone(), &bea, None);
    let own = oneself.approve_request(world.only_request().await, "", None, false).await;
    assert!(matches!(own, Err(DecisionError::Oneself(_))), "{own:?}");
}

// Case: admin/request-closed-by-itself
async fn a_role_that_comes_in_another_way_closes_the_requests_for_it_and_for_lower_ones(database: &TestDb) {
    let world = World::new(database).await;
    for role in Role::ALL {
        world.ask(role).await.unwrap();
    }
    let (ada, nora) = (world.administrator("ada").await, world.nora.user_id);
    // Requests of other people stay open.
    let other = sign_in(&world.auth, "other", None).await;
    ask((&world.auth, &world.audit), &other, Role::Read, ("x", ""), None).await.unwrap();
    settle_by_provider(&world.audit, nora, ("demo", Role::Read)).await.unwrap();
    // The provider gave the role, so nobody has answered the request.
    assert_eq!(answers_to(&database.db, nora).await.unwrap(), 0);
    ada.grant(nora, Role::Write, "Helps out", None).await.unwrap();
    assert_eq!(answers_to(&database.db, nora).await.unwrap(), 1);
    let decided = async || {
        let of_nora = requests_of(&database.db, nora).await.unwrap();
        let how = |request: &AccessRequest| Some((request.role, request.decided?.1, request.decided_by.clone()));
        let mut decided: Vec<_> = of_nora.iter().filter_map(how).collect();
        decided.sort_by_key(|(role, ..)| *role);
        decided
    };
    let (by_provider, by_ada) = (
        (Role::Read, RequestOutcome::Assigned, None),
        (Role::Write, RequestOutcome::Given, Some("Ada Vale".to_owned())),
    );
    assert_eq!(decided().await, [by_provider.clone(), by_ada.clone()]);
    let approved = "audit WHERE kind = 'access_request_approved'";
    assert_eq!(count(&database.db, &format!("{approved} AND person_id = {nora}")).await, 2);
    // The second time, there is nothing left to close.
    settle_by_provider(&world.audit, nora, ("demo", Role::Write)).await.unwrap();
    assert_eq!(count(&database.db, approved).await, 2);
    let operator = Administrator::operator(world.auth.clone(), world.audit.clone());
    operator.grant(nora, Role::Admin, "The first one", None).await.unwrap();
    assert_eq!(decided().await, [by_provider, by_ada, (Role::Admin, RequestOutcome::Given, None)]);
    assert_eq!(waiting(&database.db).await.unwrap(), 1);
    assert!(world.audit.verify().await.unwrap().is_ok());
}

// Case: admin/request-limited
async fn a_role_beyond_the_limit_of_the_provider_is_not_given_and_closes_nothing(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth_of(&clock, |config| config.providers[0].roles.highest = Some(Role::Read));
    let world = World::with(database, clock, auth).await;
    world.ask(Role::Write).await.unwrap();
    world.ask(Role::Read).await.unwrap();
    let ada = world.administrator("ada").await;
    let of = async |role: Role| {
        let of_nora = requests_of(&database.db, world.nora.user_id).await.unwrap();
        of_nora.into_iter().find(|request| request.role == role).unwrap()
    };
    // As nobody can have the role Admin with this limit, the operator decides.
    let refused = ada.grant(world.nora.user_id, Role::Write, "For later", None).await;
    assert!(matches!(refused, Err(DecisionError::NoAdministrator)), "{refused:?}");
    let operator = Administrator::operator(world.auth.clone(), world.audit.clone());
    let refused = operator.approve_request(of(Role::Write).await.id, "", None, false).await;
    assert!(matches!(refused, Err(DecisionError::Unusable(told)) if told.contains("highest_role")), "{refused:?}");
    assert_eq!(count(&database.db, "grants").await, 0);
    // Only the role Read takes effect, so only the request for it is closed.
    operator.grant(world.nora.user_id, Role::Write, "For later", None).await.unwrap();
    assert!(of(Role::Write).await.decided.is_none() && of(Role::Read).await.decided.is_some());
}

// Case: admin/grant-limited
async fn an_administrator_gives_nobody_a_role_beyond_the_limit_of_their_provider(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth_of(&clock, |config| {
        let mut without_limit = config.providers[0].clone();
        "free".clone_into(&mut without_limit.id);
        config.providers.push(without_limit);
        config.providers[0].roles.highest = Some(Role::Read);
    });
    let world = World::with(database, clock, auth).await;
    let (ada, nora) = (world.administrator("ada").await, world.nora.user_id);
    execute(&database.db, &format!("UPDATE sign_ins SET provider = 'free' WHERE user_id <> {nora}")).await;
    let refused = ada.grant(nora, Role::Write, "Helps out", None).await;
    assert!(matches!(refused, Err(DecisionError::Unusable(told)) if told.contains("highest_role")), "{refused:?}");
    assert_eq!(count(&database.db, "grants").await, 0);
    ada.grant(nora, Role::Read, "Helps out", None).await.unwrap();
    assert_eq!(world.role().await, Some(Role::Read));
}

// Case: admin/request-pages
async fn pages_of_requests_follow_each_other(database: &TestDb) {
    let world = World::new(database).await;
    for number in 0..120 {
        let decided = if number % 2 == 0 { "NULL, NULL".to_owned() } else { format!("{}, 'declined'", number / 4) };
        let (user, at) = (world.nora.user_id, number / 4);
        let role = ["read", "write", "admin"][number % 3];
        let user =
            if number % 2 == 0 { sign_in(&world.auth, &format!("person {number}"), None).await.user_id } else { user };
        let insert = format!(
            "INSERT INTO access_requests (id, user_id, role, reason, asked_at, decided_at, decision) \
             VALUES ('{number:03}', {user}, '{role}', 'x', {at}, {decided})"
        );
        execute(&database.db, &insert).await;
    }
    for is_open in [true, false] {
        let (mut after, mut seen) = (None, Vec::new());
        loop {
            let page = if is_open {
                open_page(&database.db, after.as_ref()).await.unwrap()
            } else {
                decided_page(&database.db, after.as_ref()).await.unwrap()
            };
            seen.extend(page.rows.into_iter().map(|request| request.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let mut wanted: Vec<String> = (0..120).filter(|n| (n % 2 == 0) == is_open).map(|n| format!("{n:03}")).collect();
        if !is_open {
            wanted.reverse();
        }
        assert_eq!(seen, wanted);
    }
}
