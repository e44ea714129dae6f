//! Where a person lands after the sign-in.

use http::HeaderValue;
use percent_encoding::percent_decode_str;
use rolecall_sign_in::ReturnTo;
use url::Url;

/// Whatever is kept stays on our origin: as it is, decoded once, and decoded twice; and it fits into a header.
pub fn return_to(data: &[u8]) {
    let Ok(raw) = std::str::from_utf8(data) else { return };
    let Some(kept) = ReturnTo::parse(raw) else { return };
    let ours = Url::parse("https://ours.test").unwrap();
    let mut target = kept.as_str().to_owned();
    for decoded in 0..3 {
        let second = target.chars().nth(1);
        assert!(
            target.starts_with('/') && !matches!(second, Some('/' | '\\')),
            "{raw:?}, decoded {decoded} times: {target:?}"
        );
        let landed = ours.join(&target).unwrap();
        assert_eq!(landed.origin(), ours.origin(), "{raw:?}, decoded {decoded} times");
        assert!(landed.username().is_empty() && landed.password().is_none(), "{raw:?}, decoded {decoded} times");
        target = percent_decode_str(&target).decode_utf8_lossy().into_owned();
    }
    assert!(kept.as_str().bytes().all(|byte| byte.is_ascii_graphic()), "{raw:?} became {kept}");
    HeaderValue::from_str(kept.as_str()).unwrap();
    // What was kept is kept again: it is read back from the database.
    if kept.as_str().len() <= raw.len() {
        assert_eq!(ReturnTo::parse(kept.as_str()).as_ref(), Some(&kept), "{raw:?}");
    }
}
