//! Who may change a dashboard, and what they see of it.

use rolecall_model::Role;
use rolecall_routes as routes;

use super::{SALES, edit, hidden, make, panel, start, with_sales};
use crate::support::{Answer, Browser, TestDb, execute, on_both_dialects, signed_in, text, until};

on_both_dialects! {
    only_the_owner_and_administrators_change_a_dashboard,
    copies_exports_and_imports_are_the_same_document_with_the_open_panels,
    its_owner_neither_reads_nor_changes_a_panel_that_is_closed_to_them,
    its_owner_sees_a_dashboard_as_others_do_and_never_more_than_they_see_themselves,
    who_will_see_it_is_said_before_anything_is_saved,
}

// Case: making/who
async fn only_the_owner_and_administrators_change_a_dashboard(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let mut add = ada.submit(routes::DASHBOARD_NEW, &[("title", "Of Ada"), ("role", "read")]).await;
    add.assert_redirect(&edit("of-ada"));
    add = ada.submit(routes::DASHBOARD_NEW, &[("title", "Board"), ("role", "admin")]).await;
    add.assert_redirect(&edit("board"));
    let own = make(&mut wren, "Sales").await;
    ada.get(&own).await.assert_status(200);
    assert!(!wren.get(&routes::dashboard("of-ada")).await.body.contains("/edit\""));
    let below = ["edit", "add", "edit/breakdown", "history", "history/1"];
    for (slug, of_wren, of_reed) in [("of-ada", 403, 403), ("board", 404, 404), ("none", 404, 404), ("sales", 200, 403)]
    {
        for path in below.map(|path| format!("/dashboards/{slug}/{path}")) {
            let expected = if slug == "sales" || of_wren != 200 { of_wren } else { 200 };
            wren.get(&path).await.assert_status(expected);
            reed.get(&path).await.assert_status(of_reed);
            app.browser().get(&path).await.assert_status(303);
        }
    }
    // Somebody who may see the dashboard is told whom to ask, without a link to request a role: only Admin would help.
    let refused = wren.get(&edit("of-ada")).await;
    refused.assert_shows("Ask Ada").assert_shows("href=\"/dashboards/of-ada\"");
    assert!(!refused.body.contains("Request access"), "{refused:#?}");
    let refused = reed.get(&edit("of-ada")).await;
    refused.assert_shows("Ask its owner or an administrator");
    assert!(!refused.body.contains("Request access") && !refused.body.contains("Ask Ada"), "{refused:#?}");
    // The page of a dashboard in a file says what to do instead.
    wren.get(&edit("weather")).await.assert_status(422).assert_shows("Duplicate it");
    let delete = [("version", "1"), ("do", "delete-dashboard")];
    wren.submit(&edit("of-ada"), &delete).await.assert_status(403);
    let foreign = wren.request(openidconnect::reqwest::Method::POST, &own);
    let foreign = foreign.header("sec-fetch-site", "cross-site").header("origin", "https://evil.test").form(&delete);
    wren.send(foreign).await.assert_status(403);
    let gone = wren.submit(&own, &delete).await;
    gone.assert_redirect("/dashboards?deleted=sales");
    wren.get("/dashboards?deleted=sales").await.assert_shows("It stood at").assert_shows("/dashboards/sales");
    assert!(!reed.get("/dashboards?deleted=sales").await.body.contains("It stood at"));
    reed.get(&routes::dashboard("sales")).await.assert_status(404);
    reed.submit(routes::DASHBOARDS, &[("slug", "sales")]).await.assert_status(403);
    wren.submit(routes::DASHBOARDS, &[("slug", "sales")]).await.assert_redirect(&routes::dashboard("sales"));
    reed.get(&routes::dashboard("sales")).await.assert_status(200);
}

// Case: making/copies
async fn copies_exports_and_imports_are_the_same_document_with_the_open_panels(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let export = wren.get(&routes::of_dashboard(routes::DASHBOARD_DOCUMENT, "weather")).await;
    export.assert_status(200).assert_shows("title = \"Mean temperature by month\"");
    assert_eq!(export.header("content-disposition"), "attachment; filename=\"weather.toml\"");
    // The export has no panels for administrators.
    assert!(!export.body.contains("sign_ins"), "{}", export.body);
    let copy = wren.submit(&routes::of_dashboard(routes::DASHBOARD_DUPLICATE, "weather"), &[]).await;
    let slug = routes::slug_of_dashboard(copy.assert_status(303).location()).unwrap().to_owned();
    let of_copy = wren.get(&routes::of_dashboard(routes::DASHBOARD_DOCUMENT, &slug)).await;
    assert_eq!(of_copy.body.replace(" (copy)", ""), export.body);
    let imported = wren.submit(routes::DASHBOARD_IMPORT, &[("text", export.body.as_str())]).await;
    let slug = routes::slug_of_dashboard(imported.assert_status(303).location()).unwrap().to_owned();
    let again = wren.get(&routes::of_dashboard(routes::DASHBOARD_DOCUMENT, &slug)).await;
    assert_eq!(again.body, export.body);
    let wrong = export.body.replacen("format = 1", "format = 1\nzone = \"Mars\"", 1);
    let refused = wren.submit(routes::DASHBOARD_IMPORT, &[("text", &wrong)]).await;
    refused.assert_status(422).assert_shows("The file:2: zone: There is no time zone `Mars`.");
    let closed = export.body.replacen("role = \"read\"", "role = \"admin\"", 1);
    wren.submit(routes::DASHBOARD_IMPORT, &[("text", &closed)]).await.assert_status(422);
    // A data set that is closed gets the same answer as one that does not exist.
    execute(app.db(), "UPDATE datasets SET role = 'admin' WHERE name = 'sales'").await;
    until("it is closed", async || wren.get(&routes::dataset("sales")).await.status == 404).await;
    for name in ["sales", "nothing"] {
        let naming = format!(
            "format = 1\ntitle = \"x\"\n[[panels]]\nid = \"a\"\ntitle = \"x\"\nkind = \"figure\"\ndataset = \"{name}\"\n\
             measures = [{{ compute = \"count\" }}]\n"
        );
        let refused = wren.submit(routes::DASHBOARD_IMPORT, &[("text", &naming)]).await;
        refused.assert_status(422).assert_shows(&format!("panels[0].dataset: There is no data set `{name}`."));
    }
    let mut reed = signed_in(&app, "reed").await;
    reed.get(&routes::of_dashboard(routes::DASHBOARD_DOCUMENT, "weather")).await.assert_status(403);
    reed.submit(&routes::of_dashboard(routes::DASHBOARD_DUPLICATE, "weather"), &[]).await.assert_status(403);
    let editor = format!("SELECT editor FROM dashboard_versions WHERE dashboard = '{slug}'");
    assert_eq!(text(app.db(), &editor).await, "Wren Hollis");
}

// Case: making/closed-panels
async fn its_owner_neither_reads_nor_changes_a_panel_that_is_closed_to_them(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let editor = make(&mut wren, "Sales").await;
    wren.get(&editor).await.assert_shows("have no row rules");
    let of_panel = |id: &str| routes::dashboard_edit_panel("sales", id);
    let version = |page: &Answer| hidden(page, "version");
    let now = version(&ada.get(&editor).await);
    let secret = [("version", now.as_str()), ("do", "save"), ("kind", "text"), ("id", "plan"), ("title", "The plan")];
    let closed = [secret.as_slice(), &[("text", "We sell all of it."), ("role", "admin")]].concat();
    ada.submit(&routes::of_dashboard(routes::DASHBOARD_ADD, "sales"), &closed).await.assert_status(303);
    ada.get(&of_panel("plan")).await.assert_status(200).assert_shows("We sell all of it.");

    let page = wren.get(&editor).await;
    page.assert_status(200).assert_shows("A panel that is not open to you.");
    assert!(!page.body.contains("The plan") && !page.body.contains("edit-plan"), "{}", page.body);
    // Nothing is shown about the row rules of a data set that is closed to her.
    assert!(!page.body.contains("have no row rules"), "{}", page.body);
    wren.get(&of_panel("plan")).await.assert_status(404);
    let now = version(&page);
    for what in ["duplicate", "delete", "earlier", "later"] {
        let fields = [("version", now.as_str()), ("do", what), ("panel", "plan")];
        wren.submit(&editor, &fields).await.assert_status(404);
    }
    for (what, at) in [("move", "to"), ("width", "width")] {
        let fields = [("version", now.as_str()), ("do", what), ("panel", "plan"), (at, "1")];
        wren.submit(&editor, &fields).await.assert_status(404);
    }
    // Nor can she turn it into a panel that is open to everybody, with its content or without.
    let mine = [("version", now.as_str()), ("do", "save"), ("kind", "text"), ("id", "plan"), ("title", "Mine")];
    let opened = [mine.as_slice(), &[("text", "Nothing."), ("role", "read")]].concat();
    wren.submit(&of_panel("plan"), &opened).await.assert_status(404);
    assert_eq!(version(&wren.get(&editor).await), now, "something was saved");
    assert!(!reed.get(&routes::dashboard("sales")).await.body.contains("We sell"));
    ada.get(&of_panel("plan")).await.assert_status(200).assert_shows("We sell all of it.");
}

// Case: making/seen-as
async fn its_owner_sees_a_dashboard_as_others_do_and_never_more_than_they_see_themselves(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let editor = make(&mut wren, "Sales").await;
    let path = routes::of_dashboard(routes::DASHBOARD_SEE_AS, "sales");
    wren.get(&routes::dashboard("sales")).await.assert_shows(&path);
    assert!(!reed.get(&routes::dashboard("sales")).await.body.contains(&path));
    // Only the owner and administrators may use the page.
    reed.get(&path).await.assert_status(403);
    wren.get(&routes::of_dashboard(routes::DASHBOARD_SEE_AS, "weather")).await.assert_status(403);
    ada.get(&routes::of_dashboard(routes::DASHBOARD_SEE_AS, "weather")).await.assert_status(200);
    wren.get(&routes::of_dashboard(routes::DASHBOARD_SEE_AS, "none")).await.assert_status(404);
    let asked = wren.get(&path).await;
    assert!(!asked.assert_status(200).body.contains("value=\"admin\""), "{asked:#?}");

    // There is a panel for Write and above, rows with a rule that Wren does not fulfil, and a note that cannot be
    // edited here.
    let admin_only = panel("1", &[("title", "For writers"), ("role", "write")]);
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    wren.submit(&add, &admin_only).await.assert_status(303);
    wren.submit(&add, &[("kind", "note"), ("title", "Note"), ("version", "2"), ("do", "save")])
        .await
        .assert_status(303);
    let rule = r#"[{"column": "region", "is": {"claim": "area"}, "except": "admin"}]"#;
    execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'sales'")).await;
    let editor_page = async |browser: &mut Browser| browser.get(&editor).await;
    until("the rule holds", async || editor_page(&mut wren).await.body.contains("By row rules")).await;
    editor_page(&mut wren).await.assert_shows("Only for the role Write and above: ").assert_shows("For writers");

    let as_reader = ada.get(&format!("{path}?as=read&claim.area=South")).await;
    as_reader.assert_status(200).assert_shows("the role Read, area South").assert_shows("2 rows");
    as_reader.assert_shows("South").assert_shows("No note yet.");
    for hidden in ["North", "For writers", "<textarea", "/csv\"", "<form method=\"post\""] {
        let main = as_reader.body.split_once("<main").unwrap().1;
        assert!(!main.contains(hidden), "{hidden} in {main}");
    }
    // A filter stays applied, and offers only the values that this person would see.
    let main = as_reader.body.split_once("<main").unwrap().1;
    assert!(main.contains("name=\"region\" value=\"South\"") && !main.contains("value=\"North\""), "{main}");
    let filtered = ada.get(&format!("{}?region=North", routes::dashboard("sales"))).await;
    filtered.assert_shows(&format!("href=\"{path}?region=North\""));
    let both = ada.get(&format!("{path}?as=read&claim.area=North,South&region=North")).await;
    both.assert_shows("1 row<").assert_shows("Remove the filter region: North");
    both.assert_shows("name=\"claim.area\" value=\"North,South\"").assert_shows("name=\"region\" value=\"North\"");
    both.assert_shows(&format!("href=\"{}?region=North\"", routes::dashboard("sales")));

    let as_writer = ada.get(&format!("{path}?as=write&claim.area=North")).await;
    as_writer.assert_shows("For writers").assert_shows("North");
    assert!(!as_writer.body.contains("South"), "{as_writer:#?}");
    ada.get(&format!("{path}?as=read")).await.assert_shows("0 rows");
    // Nobody owns the data set, so Wren sees only her own rows of it, whatever claims she tries: none.
    let of_wren = wren.get(&format!("{path}?as=read&claim.area=South")).await;
    of_wren.assert_status(200).assert_shows("0 rows");
    assert!(!of_wren.body.contains("North") && !of_wren.body.contains("Claim area"), "{of_wren:#?}");
    // She cannot try a role above her own.
    let above = wren.get(&format!("{path}?as=admin&claim.area=South")).await;
    assert!(!above.assert_status(200).body.contains("This is what"), "{above:#?}");
    // She may try any claims on a data set that she owns.
    execute(app.db(), "UPDATE datasets SET owner = (SELECT id FROM users WHERE name = 'Wren Hollis')").await;
    let shown = async || wren.get(&format!("{path}?as=read&claim.area=South")).await.body.contains("2 rows");
    until("the data set is hers", shown).await;

    let settings = [("version", "3"), ("title", "Sales"), ("role", "write"), ("do", "settings")];
    wren.submit(&editor, &settings).await.assert_status(303);
    wren.get(&format!("{path}?as=read")).await.assert_shows("They cannot open this dashboard");
    assert!(app.audit().flush(std::time::Duration::from_secs(30)).await);
    let noted = app.count("audit WHERE kind = 'dashboard_seen_as' AND details LIKE '%area South%'").await;
    assert!(noted >= 2, "{noted}");
}

// Case: making/said-before
async fn who_will_see_it_is_said_before_anything_is_saved(database: &TestDb) {
    let app = start(database).await;
    let mut wren = with_sales(&app).await;
    app.make_dataset(("plans", Role::Write), SALES).await;
    let rule = r#"[{"column": "region", "is": {"claim": "area"}, "except": "admin"}]"#;
    execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'plans'")).await;
    let of_plans = routes::dashboard_of("plans");
    until("the rule holds", async || wren.get(&of_plans).await.body.contains("By row rules")).await;
    let [readers, writers] =
        ["Read", "Write"].map(|role| format!("“{role}”: everybody with the role {role} or a higher one opens it."));

    let proposal = wren.get(&of_plans).await;
    proposal.assert_status(200).assert_shows("Who will see it").assert_shows(&writers).assert_shows("“Plans”");
    assert!(!proposal.body.contains(&readers) && !proposal.body.contains("have no row rules"), "{proposal:#?}");
    let proposal = wren.get(&routes::dashboard_of("sales")).await;
    proposal.assert_shows(&readers).assert_shows(&writers).assert_shows("have no row rules");
    assert!(!proposal.body.contains("By row rules"), "{proposal:#?}");
    assert_eq!(app.count("dashboard_versions").await, 0);

    let editor = make(&mut wren, "Sales").await;
    let add = routes::of_dashboard(routes::DASHBOARD_ADD, "sales");
    let raised = "since its data set is open from that role on";
    for (dataset, role, needed, is_raised) in
        [("sales", "", "Read", false), ("sales", "write", "Write", false), ("plans", "", "Write", true)]
    {
        let fields = [("dataset", dataset), ("role", role), ("do", "preview")];
        let shown = wren.submit(&add, &panel("1", &fields)).await;
        shown.assert_status(200).assert_shows(&format!("Everybody with the role {needed} or a higher one"));
        assert_eq!(shown.body.contains(raised), is_raised, "{shown:#?}");
        assert_eq!(shown.body.contains("By row rules"), dataset == "plans", "{shown:#?}");
    }
    assert_eq!(app.count("dashboard_versions").await, 1);

    // The settings tell who will see what, for each role: with the role Write, everybody who can open it sees all
    // panels.
    wren.submit(&add, &panel("1", &[("dataset", "plans"), ("title", "What is planned")])).await.assert_status(303);
    let page = wren.get(&editor).await;
    let (_, settings) = page.body.split_once("class=\"who-will-see\"").unwrap();
    let (settings, _) = settings.split_once("</form>").unwrap();
    assert!(settings.contains(&readers) && settings.contains(&writers) && settings.contains("“Plans”"), "{settings}");
    assert_eq!(settings.matches("“What is planned”").count(), 1, "{settings}");
}
