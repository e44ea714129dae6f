//! Claims of a token, explained.

use leptos::prelude::*;

use rolecall_model::Claim;

/// Claims as a description list: name and meaning, then the value.
#[component]
pub fn ClaimList(claims: Vec<Claim>) -> impl IntoView {
    if claims.is_empty() {
        return view! { <p class="muted">"No claims."</p> }.into_any();
    }
    let claims = claims.into_iter().map(|claim| view! { <ClaimEntry claim/> }).collect_view();

    view! { <dl class="claims">{claims}</dl> }.into_any()
}

/// One claim.
#[component]
fn ClaimEntry(claim: Claim) -> impl IntoView {
    let Claim { name, meaning, value, json, .. } = claim;
    let meaning = (!meaning.is_empty()).then(|| view! { <span class="muted">{meaning}</span> });
    let json = json.map(|json| {
        view! {
            <details>
                <summary>"As JSON"</summary>
                <pre>
                    <code>{json}</code>
                </pre>
            </details>
        }
    });

    view! {
        <div class="claim">
            <dt>
                <code>
                    <bdi>{name}</bdi>
                </code>
                {meaning}
            </dt>
            <dd>
                <p class="claim-value" dir="auto">
                    {value}
                </p>
                {json}
            </dd>
        </div>
    }
}
