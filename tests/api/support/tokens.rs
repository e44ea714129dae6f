//! ID tokens of the provider, without an application that asks for them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::reqwest::{Method, Url};
use rolecall_demo_provider::CLIENT_ID;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{Answer, OwnProvider, parameter};

const VERIFIER: &str = "a-verifier-that-is-long-enough-for-the-rfc-7636";
const REDIRECT_URI: &str = "http://127.0.0.1:1/login/own/authorized";

impl OwnProvider {
    /// An ID token for `person`, asked for with `nonce` as a client would.
    pub async fn id_token(&self, person: &str, nonce: &str) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let parameters = [
            ("client_id", CLIENT_ID),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("state", "state"),
            ("nonce", nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let authorization = Url::parse_with_params(&format!("{}/authorize", self.demo.issuer()), parameters).unwrap();
        let mut browser = self.browser();
        let code = parameter(&browser.choose(&authorization, person).await, "code");
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT_ID),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        let request = browser.request(Method::POST, &format!("{}/token", self.demo.issuer().path())).form(&form);
        let answer: Value = Answer::read(request.send().await.unwrap()).await.assert_status(200).json();
        answer["id_token"].as_str().unwrap().to_owned()
    }
}
