//! Links that filter: each opens the page with its choice applied to every panel.

use rolecall_model::panels::TableRows;

use super::{MARKED, RIGHT_TO_LEFT, boxes, links, region, start, sum};
use crate::support::{SALES_PAGE as PAGE, filtered};

// Case: filters/permalink
#[tokio::test]
async fn a_link_shows_what_was_chosen_and_every_panel_as_it_was_then() {
    let (app, mut reed, _) = start().await;
    let link = filtered(PAGE, &[("region", "North"), ("region", "South"), ("period.from", "2026-01-10")]);
    let page = reed.get(&link).await;
    let mut fresh = app.browser();
    fresh.sign_in_as("reed").await;
    let again = fresh.get(&link).await;
    again.assert_status(200).assert_shows("from 2026-01-10 on");
    assert_eq!((sum(&page), sum(&again)), ("6".to_owned(), "6".to_owned()));
    let ticked: Vec<String> =
        boxes(&again, "region").into_iter().filter(|(_, ticked)| *ticked).map(|(value, _)| value).collect();
    assert_eq!(ticked, ["North", "South"]);
    let tables = again.tables();
    assert_eq!(tables[0], [["North", "2"], ["South", "4"]], "bars");
    assert_eq!(tables[1].len(), 2, "months");
    assert_eq!(tables[2], [["2026-01-15", "North", "2"], ["2026-02-05", "South", "4"]], "rows");
    assert_eq!(tables[3], [["North", "2"], ["South", "4"]], "groups");
    // The figure to which no filter applies.
    assert_eq!(again.texts_of("figure-value").last().unwrap(), "63");
    assert_eq!(links(&again, "Remove the filter region: North").len(), 1);
}

// Case: filters/any-value
#[tokio::test]
async fn a_value_can_be_anything_and_its_bar_leads_to_it_and_back() {
    let (_app, mut reed, _) = start().await;
    let all = reed.get(PAGE).await;
    for (of, sum_of) in [(MARKED, "8"), (RIGHT_TO_LEFT, "16"), ("", "32")] {
        let value = region(of);
        let to = links(&all, &format!("Filter by {value}"));
        // The links are on a bar, on a key of the legend, and on a group of the table.
        assert_eq!(to.len(), 3, "{value}");
        let path = format!("{PAGE}{}", to[0].split('#').next().unwrap());
        assert_eq!(path, filtered(PAGE, &[("region", &value)]));
        let page = reed.get(&path).await;
        assert_eq!(sum(page.assert_status(200)), sum_of);
        assert_eq!(boxes(&page, "region")[0], (value.clone(), true));
        let back = links(&page, &format!("Do not filter by {value}"));
        assert_eq!(back.len(), 3);
        assert!(back[0].starts_with("?#"), "{back:?}");
        assert!(!page.body.contains("<b>50%"), "{page:#?}");
    }
}

// Case: filters/kept
#[tokio::test]
async fn every_link_of_the_page_keeps_the_filters_and_tables_begin_again() {
    let (_app, mut reed, _) = start().await;
    let query = [("region", "North"), ("rows.sort", "-amount"), ("rows.page", "2")];
    let page = reed.get(&filtered(PAGE, &query)).await;
    // The hidden fields of the form keep the order of the table, but not its page.
    page.assert_shows("name=\"rows.sort\" value=\"-amount\"");
    assert!(!page.body.contains("name=\"rows.page\""));
    page.assert_shows("/dashboards/sales/panels/rows/csv?region=North&amp;sort=%2Damount");
    page.assert_shows("/dashboards/sales/panels/by-region?region=North\"");
    page.assert_shows("/dashboards/sales/panels/by-region/svg?region=North\"");
    page.assert_shows("?region=North&amp;rows.sort=amount#rows");
    let two = reed.get(&filtered(PAGE, &[("region", "North"), ("region", "South"), ("rows.sort", "-amount")])).await;
    two.assert_shows("?region=North&amp;region=South&amp;rows.sort=%2Damount&amp;rows.page=2#rows");
    let back = links(&page, "Do not filter by North");
    assert!(back.iter().all(|link| link.starts_with("?rows.sort=-amount&#")), "{back:?}");
    let alone = reed.get("/dashboards/sales/panels/by-region?region=North").await;
    alone.assert_status(200).assert_shows("href=\"/dashboards/sales?region=North\"");
    assert_eq!(alone.tables()[0], [["North", "3"]]);
    // A script fetches pages of the same table.
    let turned: TableRows = reed
        .fetch("/api/table_page?slug=sales&panel=groups&page=1&search=region%3DNorth")
        .await
        .assert_status(200)
        .json();
    assert!(turned.html.contains("Do not filter by North") && !turned.html.contains('\u{2}'), "{turned:?}");
}

// Case: filters/bars
#[tokio::test]
async fn a_bar_of_time_filters_by_its_days_and_again_takes_that_back() {
    let (_app, mut reed, _) = start().await;
    let to = links(&reed.get(PAGE).await, "Filter by 2026-01");
    assert_eq!(to, ["?period.from=2026-01-01&period.to=2026-01-31#by-month"]);
    let january = reed.get(&format!("{PAGE}{}", to[0].split('#').next().unwrap())).await;
    assert_eq!(sum(&january), "3");
    assert_eq!(links(&january, "Do not filter by 2026-01"), ["?#by-month"]);
}
