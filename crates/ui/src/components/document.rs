//! The common parts of all documents: the head, with and without scripts, the logo, and the footer.

use leptos::prelude::*;
use rolecall_routes as routes;

/// The product's name.
pub const PRODUCT: &str = "Rolecall";

/// The script of pages on which a sign-in can begin: it adds the fragment of the address (`#panel-7`) to the page to
/// return to, because browsers do not send fragments.
pub const KEEP_FRAGMENT: &str = r##"const h=location.hash;if(h)for(const e of document.querySelectorAll("a[href*='return_to='],input[name=return_to]")){if(e.href){const u=new URL(e.href),p=u.searchParams,t=p.get("return_to");if(t&&!t.includes("#")){p.set("return_to",t+h);e.href=u}}else if(!e.value.includes("#"))e.value+=h}"##;

/// Our script for the form of a panel.
pub const PANEL_FORM_SCRIPT: &str = "/panel-form.js";

/// Our script that lets panels be dragged in the editor.
pub const ARRANGE_SCRIPT: &str = "/arrange.js";

/// Our script that makes PNGs of panels, and shows a panel in full screen.
pub const PICTURE_SCRIPT: &str = "/picture.js";

/// Our script for the filters of a dashboard.
pub const FILTERS_SCRIPT: &str = "/filters.js";

/// The title of a document for the page `page`: the page first, then the product.
#[must_use]
pub fn title_of(page: &str) -> String {
    if page == PRODUCT { page.to_owned() } else { format!("{page} · {PRODUCT}") }
}

/// Encoding, viewport, colours, icon and style sheet.
#[component]
pub fn HeadBasics(
    /// The URL path of the style sheet.
    css: String,
    /// The URL path of the icon.
    #[prop(default = routes::ICON.to_owned())]
    icon: String,
) -> impl IntoView {
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="robots" content="noindex"/>
        <link rel="icon" href=icon type="image/svg+xml"/>
        <link rel="stylesheet" href=css/>
    }
}

/// The logo: three rising lines, one for each role, the top one ticked. Decorative, since the name is beside it.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
            <rect class="mark-ground" width="24" height="24" rx="6"/>
            <path class="mark-lines" d="M6 17h4M6 12.5h8M6 8l2.2 2.2L12 6.4M15 8h3"/>
        </svg>
    }
}

/// Product, version, a link to the API, and the time zone.
#[component]
pub fn Footer(
    /// Our origin, if the page is on the host of an app; empty on our own host.
    #[prop(optional)]
    origin: String,
) -> impl IntoView {
    let api = origin + routes::DEVELOPERS;

    view! {
        <footer class="site-footer">
            <p>{PRODUCT} " " {env!("CARGO_PKG_VERSION")}</p>
            <p>
                <a href=api>"API"</a>
            </p>
            <p>"All times are in UTC."</p>
        </footer>
    }
}

#[cfg(test)]
mod tests {
    use super::title_of;

    #[test]
    fn a_title_names_the_page_and_the_product_once() {
        assert_eq!(title_of("Dashboards"), "Dashboards · Rolecall");
        assert_eq!(title_of("Rolecall"), "Rolecall");
    }
}
