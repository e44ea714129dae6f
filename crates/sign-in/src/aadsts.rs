//! The error codes of Microsoft Entra ID (`AADSTS…`) that people meet, and the text for each.
//!
//! A code only chooses the text. The OAuth error beside it decides what happens, and whether a retry can help: codes
//! change, and they come in a text that anybody can write.
//!
//! Source: Microsoft identity platform, "Microsoft Entra authentication and authorization error codes".

/// What a code means to the person who meets it.
#[derive(Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The codes that mean this.
    pub codes: &'static [u32],
    /// What happened, in a sentence.
    pub message: &'static str,
    /// What to do next, in order.
    pub advice: &'static [&'static str],
    /// Whether another account may help.
    pub another_account: bool,
}

/// What `code` means, if it is one that people meet.
#[must_use]
pub fn meaning(code: u32) -> Option<&'static Meaning> {
    MEANINGS.iter().find(|meaning| meaning.codes.contains(&code))
}

/// The first code in `text`, which may be anything: `AADSTS` and up to nine digits.
#[must_use]
pub fn code_in(text: &str) -> Option<u32> {
    text.split("AADSTS").skip(1).find_map(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if (1..=9).contains(&digits) { rest[..digits].parse().ok() } else { None }
    })
}

const fn of(codes: &'static [u32], message: &'static str, advice: &'static [&'static str]) -> Meaning {
    Meaning { codes, message, advice, another_account: false }
}

const SIGN_IN_AGAIN: &str = "Sign in again.";
const SEND_IDS: &str = "Send an administrator the correlation id below: the provider's sign-in log says why.";

const MEANINGS: &[Meaning] = &[
    of(
        &[50011],
        "The address that the provider should send you back to is not registered there.",
        &["An administrator must register exactly the redirect URI below, under the platform Web."],
    ),
    of(
        &[700_016],
        "The provider does not know this application in this tenant.",
        &["An administrator must check the client id and the tenant: one of them is wrong."],
    ),
    of(
        &[90002],
        "The provider has no tenant of the name that is configured here.",
        &["An administrator must correct the tenant: its id or a verified domain."],
    ),
    of(
        &[50194],
        "The application is registered for one tenant, but the provider was asked on behalf of all.",
        &["An administrator must configure the tenant's own id instead of `common` or `organizations`."],
    ),
    of(
        &[7_000_215],
        "The client secret that is configured here is wrong.",
        &["An administrator must configure the value of the secret, not its id."],
    ),
    of(
        &[7_000_222],
        "The client secret that is configured here has expired.",
        &["An administrator must make a new one at the provider, and configure it here."],
    ),
    of(
        &[7_000_218],
        "The provider requires a client secret, and none was sent.",
        &["An administrator must register the redirect URI below under the platform Web, and configure a secret."],
    ),
    of(
        &[700_025],
        "The application is registered as a public client, which must not send a client secret.",
        &[
            "An administrator must register the redirect URI below under the platform Web.",
            "Or configure no client secret here.",
        ],
    ),
    of(
        &[50105],
        "Your account is not assigned to this application.",
        &["Ask an administrator to assign you, or a group of yours, to it."],
    ),
    Meaning {
        codes: &[50020, 90072, 50034, 51004],
        message: "This account does not belong to the organization.",
        advice: &["Use another account.", "Or ask an administrator to invite this one as a guest."],
        another_account: true,
    },
    of(
        &[65001, 90094],
        "An administrator of your organization must first consent to this application.",
        &["Ask an administrator to grant consent for the whole organization."],
    ),
    of(
        &[65004],
        "You declined the permissions that the application asked for.",
        &["Try again if you declined by mistake."],
    ),
    of(
        &[53003, 530_032],
        "A policy of your organization blocked this sign-in.",
        &["Try from a device and a place that your organization allows.", SEND_IDS],
    ),
    of(
        &[50076, 50079, 50074],
        "The provider needs one more proof that it is you.",
        &["Sign in again, and confirm with your other factor."],
    ),
    of(&[50058], "You have no session at the provider.", &[SIGN_IN_AGAIN]),
    of(&[70008, 700_082, 70043, 50173], "Your authorization at the provider has ended.", &[SIGN_IN_AGAIN]),
    of(
        &[54005, 501_481],
        "This sign-in was used already.",
        &["Start again from here. The browser's Back and Reload repeat an old sign-in, and cannot work."],
    ),
    of(
        &[700_054],
        "The provider was asked for an ID token in a way that is not enabled for this application.",
        &["An administrator must use the authorization code flow, or enable ID tokens under Authentication."],
    ),
    of(&[50196], "The provider received too many attempts in a short time.", &["Wait a few minutes, then try once."]),
    of(&[90055, 90033], "The provider cannot do this right now.", &["Try again in a moment."]),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that the text of a code must contain.
    const TOLD: &[(&[u32], &str)] = &[
        (&[50011], "register exactly the redirect URI"),
        (&[700_016], "client id and the tenant"),
        (&[90002], "no tenant"),
        (&[50194], "one tenant"),
        (&[7_000_215], "value of the secret, not its id"),
        (&[7_000_222], "has expired"),
        (&[7_000_218], "platform Web"),
        (&[700_025], "public"),
        (&[50105], "not assigned"),
        (&[50020, 90072, 50034, 51004], "Use another account"),
        (&[65001, 90094], "administrator of your organization must first consent"),
        (&[65004], "declined"),
        (&[53003, 530_032], "correlation id"),
        (&[50076, 50079, 50074], "other factor"),
        (&[50058], "Sign in again"),
        (&[70008, 700_082, 70043, 50173], "has ended"),
        (&[54005, 501_481], "used already"),
        (&[700_054], "enable ID tokens"),
        (&[50196], "Wait"),
        (&[90055, 90033], "in a moment"),
    ];

    // Case: aadsts/50011, aadsts/700016, aadsts/90002, aadsts/50194, aadsts/7000215, aadsts/7000222, aadsts/7000218
    // Case: aadsts/700025, aadsts/50105, aadsts/50020, aadsts/90072, aadsts/50034, aadsts/51004, aadsts/65001
    // Case: aadsts/90094, aadsts/65004, aadsts/53003, aadsts/530032, aadsts/50076, aadsts/50079, aadsts/50074
    // Case: aadsts/50058, aadsts/70008, aadsts/700082, aadsts/70043, aadsts/50173, aadsts/54005, aadsts/501481
    // Case: aadsts/700054, aadsts/50196, aadsts/90055, aadsts/90033
    #[test]
    fn each_code_that_people_meet_is_explained() {
        for (codes, expected) in TOLD {
            for code in *codes {
                let meaning = meaning(*code).unwrap_or_else(|| panic!("{code} is not explained"));
                let told = format!("{} {}", meaning.message, meaning.advice.join(" "));
                assert!(told.contains(expected), "{code}: {told}");
                assert!(!meaning.advice.is_empty(), "{code} tells nothing to do");
            }
        }
    }

    #[test]
    fn no_code_means_two_things_and_each_is_tested() {
        let mut explained: Vec<u32> = MEANINGS.iter().flat_map(|meaning| meaning.codes).copied().collect();
        let mut tested: Vec<u32> = TOLD.iter().flat_map(|(codes, _)| *codes).copied().collect();
        explained.sort_unstable();
        tested.sort_unstable();
        assert_eq!(explained, tested);
        explained.dedup();
        assert_eq!(explained.len(), tested.len());
    }

    #[test]
    fn a_code_that_is_not_known_means_nothing() {
        assert_eq!(meaning(1), None);
    }

    #[test]
    fn the_code_is_found_in_whatever_a_text_holds() {
        assert_eq!(code_in("AADSTS50011: The redirect URI …"), Some(50011));
        assert_eq!(code_in("Error AADSTS7000215 occurred, see AADSTS1"), Some(7_000_215));
        assert_eq!(code_in("AADSTSAADSTS65004"), Some(65004));
        assert_eq!(code_in("AADSTS4294967296999999: AADSTS50105."), Some(50105));
        for text in ["", "AADSTS", "AADSTS: 5", "aadsts50011", "AADSTS-1", "AADSTS٥٠", "50011", "AADSTS1234567890"] {
            assert_eq!(code_in(text), None, "{text}");
        }
    }
}
