//! Decisions of administrators about people, on both dialects: they take effect in memory, in the database, and at
//! other instances.

use std::time::Duration;

use rolecall_core::admin::{Administrator, DecisionError};
use rolecall_core::audit::Audit;
use rolecall_model::Role;
use rolecall_sign_in::Auth;
use rolecall_sign_in::config::ProviderKind;
use rolecall_sign_in::people::{DirectoryPerson, NewGrant};
use rolecall_sign_in::session::{CreateError, EndReason, Ending, LiveFilter, NewSignIn, SignIn};

use super::sign_ins::{person, tokens};
use crate::support::{ISSUER, TestClock, TestDb, count, execute, on_both_dialects, until};

on_both_dialects! {
    who_is_disabled_has_no_live_sign_in_and_gets_none,
    a_sign_in_that_is_on_its_way_does_not_outlive_the_decision,
    a_role_that_is_given_here_is_in_force_at_once_and_over_at_its_end,
    no_role_that_is_given_here_goes_beyond_the_limits_of_the_provider,
    the_standing_of_a_caller_is_held_until_it_changes,
    people_and_sessions_are_listed_with_the_roles_that_count,
    sessions_are_listed_and_found_by_what_the_limits_of_each_provider_leave,
    administrators_are_those_who_may_come_in_and_have_the_role_within_the_limits,
    people_of_an_issuer_that_the_provider_had_before_count_for_nothing,
    of_two_programs_that_shut_out_an_administrator_each_the_second_finds_none_but_its_own,
    of_two_administrators_who_shut_each_other_out_one_remains_however_they_do_it,
    who_lost_the_role_at_a_later_sign_in_decides_nothing_from_an_older_session,
    who_has_the_role_for_a_while_leaves_somebody_who_keeps_it,
    a_grant_that_is_over_is_not_taken_back,
}

async fn sign_in(auth: &Auth, subject: &str, role: Option<Role>) -> SignIn {
    auth.sign_ins().create(&person(subject, role, &tokens()), auth.clock().now_ms()).await.unwrap()
}

async fn role(auth: &Auth, sign_in: &SignIn) -> Option<Role> {
    let live = auth.sign_ins().live(&sign_in.id, auth.clock().now_ms()).await.unwrap();
    live.unwrap().user.role
}

async fn disable(auth: &Auth, user_id: i64, reason: Option<&str>) {
    let (sign_ins, now_ms) = (auth.sign_ins(), auth.clock().now_ms());
    let mut transaction = auth.db().begin().await.unwrap();
    assert!(sign_ins.disable_in(&mut transaction, user_id, reason, now_ms).await.unwrap());
    let (ending, why) = (Ending::AllOf(user_id), EndReason::EndedByAdministrator);
    let ended = sign_ins.end_in(&mut transaction, &ending, why, now_ms).await.unwrap();
    transaction.commit().await.unwrap();
    sign_ins.let_go(&ended, now_ms);
    sign_ins.person_changed(user_id).await;
}

async fn grant(auth: &Auth, user_id: i64, role: Role, ends_at_ms: Option<i64>) -> String {
    let mut transaction = auth.db().begin().await.unwrap();
    let new = NewGrant { user_id, role, reason: "x".to_owned(), by: None, ends_at_ms };
    let id = auth.sign_ins().grant_in(&mut transaction, &new, auth.clock().now_ms()).await.unwrap();
    transaction.commit().await.unwrap();
    auth.sign_ins().person_changed(user_id).await;
    id
}

// Case: admin/disable
async fn who_is_disabled_has_no_live_sign_in_and_gets_none(database: &TestDb) {
    let auth = database.auth(&TestClock::starting_now());
    let ada = sign_in(&auth, "ada", Some(Role::Admin)).await;
    assert_eq!(role(&auth, &ada).await, Some(Role::Admin));
    disable(&auth, ada.user_id, Some("gone")).await;
    let now_ms = auth.clock().now_ms();
    assert!(auth.sign_ins().live(&ada.id, now_ms).await.unwrap().is_none());
    let refused = auth.sign_ins().create(&person("ada", None, &tokens()), now_ms).await;
    assert!(
        matches!(refused, Err(CreateError::Disabled { user_id, reason }) if (user_id, &*reason) == (ada.user_id, "gone"))
    );
    sign_in(&auth, "reed", None).await;
    disable(&auth, ada.user_id, None).await;
    sign_in(&auth, "ada", None).await;
}

// Case: admin/disable-race
async fn a_sign_in_that_is_on_its_way_does_not_outlive_the_decision(database: &TestDb) {
    let auth = database.auth(&TestClock::starting_now());
    let user_id = sign_in(&auth, "ada", None).await.user_id;
    for _ in 0..8 {
        let (tokens, now_ms) = (tokens(), auth.clock().now_ms());
        let new = person("ada", None, &tokens);
        let (created, ()) = tokio::join!(auth.sign_ins().create(&new, now_ms), disable(&auth, user_id, Some("gone")));
        if let Ok(created) = created {
            assert!(auth.sign_ins().live(&created.id, now_ms).await.unwrap().is_none());
        }
        assert!(auth.sign_ins().live_of(user_id, now_ms).await.unwrap().rows.is_empty());
        disable(&auth, user_id, None).await;
    }
}

// Case: admin/grant, admin/grant-end
async fn a_role_that_is_given_here_is_in_force_at_once_and_over_at_its_end(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let reed = sign_in(&auth, "reed", Some(Role::Read)).await;
    let wren = sign_in(&auth, "wren", None).await;
    assert_eq!((role(&auth, &reed).await, role(&auth, &wren).await), (Some(Role::Read), None));
    let end_ms = clock.now_ms() + 60_000;
    grant(&auth, reed.user_id, Role::Admin, Some(end_ms)).await;
    let write = grant(&auth, reed.user_id, Role::Write, None).await;
    assert_eq!((role(&auth, &reed).await, role(&auth, &wren).await), (Some(Role::Admin), None));
    assert_eq!(sign_in(&auth, "reed", None).await.user.role, Some(Role::Admin));
    clock.advance(Duration::from_millis(59_999));
    assert_eq!(role(&auth, &reed).await, Some(Role::Admin));
    clock.advance(Duration::from_millis(1));
    assert_eq!(role(&auth, &reed).await, Some(Role::Write));
    assert_eq!(auth.sign_ins().grants_of(reed.user_id, clock.now_ms()).await.unwrap().len(), 1);
    let mut transaction = auth.db().begin().await.unwrap();
    let revoked = auth.sign_ins().revoke_grant_in(&mut transaction, &write, clock.now_ms()).await.unwrap();
    transaction.commit().await.unwrap();
    auth.sign_ins().person_changed(reed.user_id).await;
    assert_eq!(revoked.map(|grant| (grant.user_id, grant.role)), Some((reed.user_id, Role::Write)));
    assert_eq!(role(&auth, &reed).await, Some(Role::Read));
}

// Case: admin/grant-highest
async fn no_role_that_is_given_here_goes_beyond_the_limits_of_the_provider(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth_of(&clock, |config| config.providers[0].roles.highest = Some(Role::Write));
    let reed = sign_in(&auth, "reed", Some(Role::Read)).await;
    grant(&auth, reed.user_id, Role::Admin, None).await;
    assert_eq!(role(&auth, &reed).await, Some(Role::Write));
    // Lists show the role in force beside the one that was given.
    let listed = auth.sign_ins().person(reed.user_id, clock.now_ms()).await.unwrap().unwrap();
    assert_eq!((listed.role(), listed.granted_role), (Some(Role::Write), Some(Role::Admin)));
}

// Case: admin/disable-api
async fn the_standing_of_a_caller_is_held_until_it_changes(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let ada = sign_in(&auth, "ada", None).await;
    let standing = async || auth.sign_ins().standing(ISSUER, "ada").await.unwrap();
    assert_eq!((standing().await.disabled.clone(), standing().await.granted(clock.now_ms())), (None, None));
    let end_ms = clock.now_ms() + 1;
    grant(&auth, ada.user_id, Role::Write, Some(end_ms)).await;
    grant(&auth, ada.user_id, Role::Read, None).await;
    assert_eq!(standing().await.granted(clock.now_ms()), Some(Role::Write));
    assert_eq!(standing().await.granted(end_ms), Some(Role::Read));
    disable(&auth, ada.user_id, Some("gone")).await;
    assert_eq!(standing().await.disabled.as_deref(), Some("gone"));
    let other = auth.sign_ins().standing("https://another.test", "ada").await.unwrap();
    assert_eq!((other.disabled.clone(), other.granted(0)), (None, None));
}

async fn people_and_sessions_are_listed_with_the_roles_that_count(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let (reed, wren) = (sign_in(&auth, "reed", Some(Role::Read)).await, sign_in(&auth, "wren", None).await);
    sign_in(&auth, "reed", Some(Role::Read)).await;
    grant(&auth, wren.user_id, Role::Write, None).await;
    let found = auth.sign_ins().people("REE", None, clock.now_ms()).await.unwrap().rows;
    assert_eq!(
        found.iter().map(|person| (person.id, person.live, person.role())).collect::<Vec<_>>(),
        [(reed.user_id, 2, Some(Role::Read))]
    );
    let all = auth.sign_ins().people("", None, clock.now_ms()).await.unwrap().rows;
    assert_eq!(all.len(), 2);
    for (role, subjects) in [(Role::Read, 2), (Role::Write, 1), (Role::Admin, 0)] {
        let filter = LiveFilter { role: Some(role), ..LiveFilter::default() };
        let page = auth.sign_ins().live_page(&filter, None, clock.now_ms()).await.unwrap();
        assert_eq!(page.rows.len(), subjects, "{role}");
    }
    let at = auth.sign_ins().people_at("demo", "wren", clock.now_ms()).await.unwrap();
    assert_eq!(at.iter().map(|person| person.id).collect::<Vec<_>>(), [wren.user_id]);
    assert!(auth.sign_ins().people_at("other", "wren", clock.now_ms()).await.unwrap().is_empty());
}

// Case: admin/sessions-limited
async fn sessions_are_listed_and_found_by_what_the_limits_of_each_provider_leave(database: &TestDb) {
    const HOME: &str = "0b7ee2c4-1111-4222-8333-444455556666";
    const PARTNER: &str = "0b7ee2c4-9999-4222-8333-444455556666";
    let clock = TestClock::starting_now();
    let auth = database.auth_of(&clock, |config| {
        let (mut limited, mut entra) = (config.providers[0].clone(), config.providers[0].clone());
        "limited".clone_into(&mut limited.id);
        limited.roles.highest = Some(Role::Write);
        "entra".clone_into(&mut entra.id);
        entra.roles.tenants = vec![HOME.to_uppercase()];
        entra.kind = ProviderKind::Entra {
            tenant: "organizations".to_owned(),
            allowed_tenants: vec![HOME.to_owned(), PARTNER.to_owned()],
            authority: "https://login.microsoftonline.com".parse().unwrap(),
        };
        let mut domain = entra.clone();
        "domain".clone_into(&mut domain.id);
        domain.roles.tenants.clear();
        domain.kind = ProviderKind::Entra {
            tenant: "contoso.com".to_owned(),
            allowed_tenants: Vec::new(),
            authority: "https://login.microsoftonline.com".parse().unwrap(),
        };
        config.providers.extend([limited, entra, domain]);
    });
    let (admin, write, read) = (Some(Role::Admin), Some(Role::Write), Some(Role::Read));
    let [home, partner] = [HOME, PARTNER].map(|tenant| format!("https://login.microsoftonline.com/{tenant}/v2.0"));
    // The issuer of sign-ins from before these settings, when this id belonged to another provider.
    let before = format!("https://contoso.b2clogin.com/{HOME}/v2.0/");
    let [slash, version] = ["/v2.0/", "/v1.0"].map(|end| format!("https://login.microsoftonline.com/{HOME}{end}"));
    let cloud = format!("https://login.microsoftonline.us/{HOME}/v2.0");
    let people = [
        ("demo", "", admin, None, admin),
        ("demo", "", None, write, write),
        ("limited", "", admin, None, write),
        ("limited", "", read, admin, write),
        ("limited", "", write, read, write),
        ("limited", "", read, None, read),
        ("entra", home.as_str(), admin, None, admin),
        ("entra", home.as_str(), read, write, write),
        ("entra", partner.as_str(), admin, write, None),
        ("entra", before.as_str(), admin, None, None),
        ("domain", home.as_str(), admin, None, admin),
        ("domain", before.as_str(), admin, None, None),
        ("domain", slash.as_str(), admin, None, None),
        ("domain", version.as_str(), admin, None, None),
        ("domain", cloud.as_str(), admin, None, None),
        ("domain", "https://login.microsoftonline.com/contoso.com/v2.0", admin, None, None),
        ("demo", before.as_str(), admin, write, None),
        ("gone", "", admin, None, None),
    ];
    let mut expected = Vec::new();
    for (number, (provider, issuer, by_provider, given, counts)) in people.into_iter().enumerate() {
        let id = sign_in(&auth, &format!("person {number}"), by_provider).await.user_id;
        if let Some(given) = given {
            grant(&auth, id, given, None).await;
        }
        let of_person = format!("UPDATE sign_ins SET provider = '{provider}' WHERE user_id = {id}");
        execute(&database.db, &of_person).await;
        if !issuer.is_empty() {
            execute(&database.db, &format!("UPDATE users SET issuer = '{issuer}' WHERE id = {id}")).await;
        }
        expected.push((id, counts));
    }
    for role in [None, read, write, admin] {
        let filter = LiveFilter { role, ..LiveFilter::default() };
        let page = auth.sign_ins().live_page(&filter, None, clock.now_ms()).await.unwrap();
        let mut found: Vec<_> = page.rows.iter().map(|row| (row.sign_in.user_id, row.role)).collect();
        found.sort();
        let wanted: Vec<_> = expected.iter().copied().filter(|(_, counts)| role.is_none() || *counts == role).collect();
        assert_eq!(found, wanted, "{role:?}");
    }
}

async fn administrators(auth: &Auth) -> usize {
    let mut transaction = auth.db().begin().await.unwrap();
    auth.sign_ins().administrators_in(&mut transaction, auth.clock().now_ms()).await.unwrap().all
}

// Case: api/last-administrator
async fn administrators_are_those_who_may_come_in_and_have_the_role_within_the_limits(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    assert_eq!(administrators(&auth).await, 0);
    let ada = sign_in(&auth, "ada", Some(Role::Admin)).await;
    let wren = sign_in(&auth, "wren", Some(Role::Write)).await;
    sign_in(&auth, "ada", Some(Role::Admin)).await;
    assert_eq!(administrators(&auth).await, 1);
    grant(&auth, wren.user_id, Role::Admin, Some(clock.now_ms() + 1_000)).await;
    assert_eq!(administrators(&auth).await, 2);
    disable(&auth, ada.user_id, Some("gone")).await;
    assert_eq!(administrators(&auth).await, 1);
    clock.advance(Duration::from_secs(1));
    assert_eq!(administrators(&auth).await, 0, "the grant has ended");
    disable(&auth, ada.user_id, None).await;
    clock.advance(Duration::from_secs(1));
    sign_in(&auth, "ada", Some(Role::Read)).await;
    assert_eq!(administrators(&auth).await, 0, "the role of the latest sign-in counts");
    grant(&auth, ada.user_id, Role::Admin, None).await;
    let limited = database.auth_of(&clock, |config| config.providers[0].roles.highest = Some(Role::Write));
    assert_eq!((administrators(&auth).await, administrators(&limited).await), (1, 0));
}

// Case: roles/issuer-changed
async fn people_of_an_issuer_that_the_provider_had_before_count_for_nothing(database: &TestDb) {
    const NEW_ISSUER: &str = "https://another.test";
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let changed = database.auth_of(&clock, |config| {
        config.providers[0].kind = ProviderKind::Oidc { issuer: NEW_ISSUER.to_owned() };
    });
    let ada = sign_in(&auth, "ada", Some(Role::Admin)).await;
    // Known from a directory, and never signed in.
    let provision = async |issuer: &str| {
        let person = DirectoryPerson { issuer, subject: "nora", name: "Nora Finch", email: None };
        let mut transaction = auth.db().begin().await.unwrap();
        let id = auth.sign_ins().provision_in(&mut transaction, &person, clock.now_ms()).await.unwrap();
        transaction.commit().await.unwrap();
        id
    };
    let nora = provision(ISSUER).await;
    grant(&auth, ada.user_id, Role::Admin, None).await;
    grant(&auth, nora, Role::Admin, None).await;
    assert_eq!((administrators(&auth).await, administrators(&changed).await), (2, 0));
    assert_eq!(role(&auth, &ada).await, Some(Role::Admin));
    assert!(changed.sign_ins().live(&ada.id, clock.now_ms()).await.unwrap().is_none());
    for (auth, expected) in [(&auth, Some(Role::Admin)), (&changed, None)] {
        let sign_ins = auth.sign_ins();
        let people = sign_ins.people("", None, clock.now_ms()).await.unwrap().rows;
        assert!(people.iter().all(|person| person.role() == expected), "{people:?}");
        assert!(people.iter().all(|person| person.is_accepted == expected.is_some()), "{people:?}");
        let sessions = sign_ins.live_page(&LiveFilter::default(), None, clock.now_ms()).await.unwrap();
        assert_eq!(sessions.rows.iter().map(|row| row.role).collect::<Vec<_>>(), [expected]);
    }

    // The same subjects at the new issuer are other people.
    let tokens = tokens();
    let new = NewSignIn { issuer: NEW_ISSUER, ..person("ada", Some(Role::Read), &tokens) };
    let new = changed.sign_ins().create(&new, clock.now_ms()).await.unwrap();
    assert_ne!(new.user_id, ada.user_id);
    assert_eq!((new.user.role, role(&changed, &new).await), (Some(Role::Read), Some(Role::Read)));
    let new_nora = provision(NEW_ISSUER).await;
    assert_ne!(new_nora, nora);
    assert_eq!(administrators(&changed).await, 0);
    grant(&changed, new_nora, Role::Admin, None).await;
    assert_eq!((administrators(&auth).await, administrators(&changed).await), (2, 1));
}

// Case: api/last-administrator
async fn of_two_programs_that_shut_out_an_administrator_each_the_second_finds_none_but_its_own(database: &TestDb) {
    let auth = database.auth(&TestClock::starting_now());
    let (ada, wren) = (sign_in(&auth, "ada", Some(Role::Admin)).await, sign_in(&auth, "wren", Some(Role::Admin)).await);
    let shut_out = async |user_id: i64| {
        let (sign_ins, now_ms) = (auth.sign_ins(), auth.clock().now_ms());
        let mut transaction = auth.db().begin().await.unwrap();
        sign_ins.let_one_decide_in(&mut transaction).await.unwrap();
        assert!(sign_ins.disable_in(&mut transaction, user_id, Some("x"), now_ms).await.unwrap());
        let is_one_left = sign_ins.administrators_in(&mut transaction, now_ms).await.unwrap().all > 0;
        if is_one_left {
            transaction.commit().await.unwrap();
        }
        is_one_left
    };
    let (one, other) = tokio::join!(shut_out(ada.user_id), shut_out(wren.user_id));
    assert!(one != other, "{one} {other}");
    assert_eq!(administrators(&auth).await, 1);
}

fn audit_of(database: &TestDb, auth: &Auth, clock: &TestClock) -> Audit {
    Audit::new(database.db.clone(), &auth.config().secret_keys, clock.clock())
}

// Case: admin/last-administrator
async fn of_two_administrators_who_shut_each_other_out_one_remains_however_they_do_it(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let audit = audit_of(database, &auth, &clock);
    let (ada, wren) = (sign_in(&auth, "ada", None).await, sign_in(&auth, "wren", None).await);
    let by = |sign_in: &SignIn| Administrator::new(auth.clone(), audit.clone(), sign_in, None);
    let (one, other) = (by(&ada), by(&wren));
    for round in 0..8 {
        let of_ada = grant(&auth, ada.user_id, Role::Admin, None).await;
        let of_wren = grant(&auth, wren.user_id, Role::Admin, None).await;
        let (first, second) = if round % 2 == 0 {
            tokio::join!(one.revoke_grant(of_wren), other.revoke_grant(of_ada))
        } else {
            tokio::join!(one.disable(wren.user_id, "x"), other.revoke_grant(of_ada))
        };
        assert!(first.is_ok() != second.is_ok(), "{round}: {first:?} {second:?}");
        let refused = first.and(second);
        assert!(matches!(refused, Err(DecisionError::NoAdministrator | DecisionError::KeptOut)), "{refused:?}");
        assert_eq!(administrators(&auth).await, 1, "{round}");
        execute(&database.db, "UPDATE grants SET revoked_at = 1").await;
        execute(&database.db, "UPDATE users SET disabled_at = NULL, disabled_reason = NULL").await;
    }
    assert_eq!(count(&database.db, "audit").await, 8, "refused decisions add no entry");
}

// Case: admin/last-administrator
async fn who_lost_the_role_at_a_later_sign_in_decides_nothing_from_an_older_session(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let audit = audit_of(database, &auth, &clock);
    let old = sign_in(&auth, "ada", Some(Role::Admin)).await;
    let wren = sign_in(&auth, "wren", None).await;
    let id = grant(&auth, wren.user_id, Role::Admin, None).await;
    clock.advance(Duration::from_secs(1));
    sign_in(&auth, "ada", Some(Role::Read)).await;
    assert_eq!(role(&auth, &old).await, Some(Role::Admin), "this session keeps the role that the provider gave");
    let ada = Administrator::new(auth.clone(), audit, &old, None);
    let refused = [
        ada.disable(wren.user_id, "x").await.map(drop),
        ada.revoke_grant(id).await.map(drop),
        ada.grant(wren.user_id, Role::Read, "x", None).await.map(drop),
        ada.end_every_session().await.map(drop),
    ];
    for refused in refused {
        assert!(matches!(refused, Err(DecisionError::NoAdministrator)), "{refused:?}");
    }
    assert_eq!(administrators(&auth).await, 1);
    assert_eq!(count(&database.db, "audit").await, 0);
}

// Case: admin/last-administrator
async fn who_has_the_role_for_a_while_leaves_somebody_who_keeps_it(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let audit = audit_of(database, &auth, &clock);
    let ada = sign_in(&auth, "ada", Some(Role::Admin)).await;
    let (wren, nora) = (sign_in(&auth, "wren", None).await, sign_in(&auth, "nora", None).await);
    grant(&auth, wren.user_id, Role::Admin, Some(clock.now_ms() + 60_000)).await;
    let by_wren = Administrator::new(auth.clone(), audit, &wren, None);
    let refused = by_wren.disable(ada.user_id, "x").await;
    let is_told = |told: &str| told.contains("ends by itself");
    assert!(matches!(&refused, Err(DecisionError::LastAdministrator(told)) if is_told(told)), "{refused:?}");
    assert_eq!(role(&auth, &ada).await, Some(Role::Admin), "a refused decision changes nothing");
    let for_a_while = grant(&auth, nora.user_id, Role::Admin, Some(clock.now_ms() + 30_000)).await;
    by_wren.revoke_grant(for_a_while).await.unwrap();
    let for_ever = grant(&auth, nora.user_id, Role::Admin, None).await;
    by_wren.disable(ada.user_id, "x").await.unwrap();
    let refused = by_wren.revoke_grant(for_ever).await;
    assert!(matches!(&refused, Err(DecisionError::LastAdministrator(told)) if is_told(told)), "{refused:?}");
    assert_eq!((administrators(&auth).await, count(&database.db, "audit").await), (2, 2));
}

// Case: admin/grant-over
async fn a_grant_that_is_over_is_not_taken_back(database: &TestDb) {
    let clock = TestClock::starting_now();
    let auth = database.auth(&clock);
    let audit = audit_of(database, &auth, &clock);
    let ada = sign_in(&auth, "ada", Some(Role::Admin)).await;
    let wren = sign_in(&auth, "wren", None).await;
    let id = grant(&auth, wren.user_id, Role::Write, Some(clock.now_ms() + 1_000)).await;
    clock.advance(Duration::from_secs(1));
    let ada = Administrator::new(auth.clone(), audit, &ada, None);
    let told = ada.revoke_grant(id).await;
    assert!(matches!(&told, Err(DecisionError::Decided(told)) if told.contains("has ended")), "{told:?}");
    assert!(matches!(ada.revoke_grant("none".to_owned()).await, Err(DecisionError::Unknown)));
    assert_eq!(count(&database.db, "audit").await, 0);
    assert_eq!(count(&database.db, "grants WHERE revoked_at IS NOT NULL").await, 0);
}

// Case: admin/other-instance
#[tokio::test]
async fn a_decision_reaches_an_instance_that_holds_the_person_in_memory_on_postgres() {
    let database = TestDb::postgres().await;
    let clock = TestClock::starting_now();
    let (here, there) = (database.auth(&clock), database.auth(&clock));
    let followed = there.clone();
    let following = tokio::spawn(async move { followed.sign_ins().follow_other_instances().await });
    let ada = sign_in(&here, "ada", None).await;
    assert_eq!(role(&there, &ada).await, None);
    let standing = async || there.sign_ins().standing(ISSUER, "ada").await.unwrap();
    assert_eq!(standing().await.granted(clock.now_ms()), None);
    grant(&here, ada.user_id, Role::Write, None).await;
    until("the role is known", async || role(&there, &ada).await == Some(Role::Write)).await;
    until("the standing is known", async || standing().await.granted(clock.now_ms()) == Some(Role::Write)).await;
    disable(&here, ada.user_id, Some("gone")).await;
    let is_live = async || there.sign_ins().live(&ada.id, clock.now_ms()).await.unwrap().is_some();
    until("the sign-in has ended", async || !is_live().await).await;
    until("the caller is out", async || standing().await.disabled.is_some()).await;
    following.abort();
}
