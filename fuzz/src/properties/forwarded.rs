//! What proxies say of a request, with whatever a client wrote before them.

use std::net::{IpAddr, Ipv4Addr};

use http::{HeaderMap, HeaderValue};
use rolecall_server::forwarded::{Hop, TrustedProxies, client_hop};

/// The client, as the one trusted proxy sees it.
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));

/// Whatever a client writes into the headers, the proxy that adds its own word is trusted about that client.
pub fn forwarded(data: &[u8]) {
    let Ok(written) = HeaderValue::from_bytes(data) else { return };
    let nobody = TrustedProxies::new(vec![]);
    for (name, own) in [("x-forwarded-for", "203.0.113.9"), ("forwarded", "for=203.0.113.9")] {
        let mut headers = HeaderMap::new();
        headers.append(name, written.clone());
        let alone = client_hop(&headers, &nobody);
        headers.append(name, HeaderValue::from_static(own));
        assert_eq!(client_hop(&headers, &nobody).client, Some(CLIENT), "{name}: {written:?}");
        // Beside the other family, it counts as it is or not at all.
        headers.append(if name == "forwarded" { "x-forwarded-for" } else { "forwarded" }, written.clone());
        let both = client_hop(&headers, &nobody);
        assert!(both == Hop::default() || both.client == Some(CLIENT), "{name}: {written:?} beside {alone:?}");
    }
}
