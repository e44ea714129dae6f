//! The entry point of every request: it determines the client and the host, and answers what needs no route.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Bytes, HttpBody};
use axum::http::{Request, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::future::{BoxFuture, Either};
use tower::Service;

use super::app_hosts::AppHosts;
use super::at_once::AtOnce;
use super::connections::Activity;
use super::network::forwarded::arrived;
use super::state::AppState;

/// All routes, and the answers without a route. Clones share it.
#[derive(Clone)]
pub struct Entrance(Arc<Inner>);

struct Inner {
    state: AppState,
    at_once: AtOnce,
    app_hosts: AppHosts,
    on_own_host: Router,
    on_app_hosts: Router,
}

/// Answers the requests of one connection.
#[derive(Clone)]
pub struct ConnectionService {
    entrance: Entrance,
    peer: IpAddr,
    /// The activity on the connection, once it is accepted.
    activity: Option<Activity>,
}

impl Entrance {
    /// The routes on our own host, and those on the hosts of apps.
    pub fn new(state: AppState, on_own_host: Router, on_app_hosts: Router) -> Self {
        let (at_once, app_hosts) = (AtOnce::new(&state), AppHosts::new(&state.apps, state.address.url()));
        Self(Arc::new(Inner { state, at_once, app_hosts, on_own_host, on_app_hosts }))
    }

    /// The service for a connection of `peer`.
    pub fn service_for(&self, peer: SocketAddr) -> ConnectionService {
        ConnectionService { entrance: self.clone(), peer: peer.ip().to_canonical(), activity: None }
    }
}

impl ConnectionService {
    /// The same, with `activity` for its requests.
    #[must_use]
    pub fn noting(self, activity: Activity) -> Self {
        Self { activity: Some(activity), ..self }
    }
}

impl Inner {
    /// Adds the client's address to `request`: returns the constant answer if there is one, or the routes for it.
    fn enter<B: HttpBody>(&self, request: &mut Request<B>, peer: IpAddr) -> ControlFlow<Response, Router> {
        // A proxy in front may interpret such a request differently (RFC 9112, section 3.2).
        if request.headers().get_all(header::HOST).iter().nth(1).is_some() {
            return ControlFlow::Break(StatusCode::BAD_REQUEST.into_response());
        }
        let (client, arrival) = arrived(request.headers(), peer, &self.state.trusted_proxies);
        let app = self.app_hosts.app_asked_for(request, arrival.as_ref());
        if app.is_none()
            && let Some(answer) = self.at_once.answer(&self.state, request, arrival.as_ref(), client)
        {
            return ControlFlow::Break(answer);
        }
        let router = if app.is_some() { &self.on_app_hosts } else { &self.on_own_host };
        let extensions = request.extensions_mut();
        extensions.insert(client);
        if let Some(arrival) = arrival {
            extensions.insert(arrival);
        }
        if let Some(app) = app {
            extensions.insert(app);
        }
        ControlFlow::Continue(router.clone())
    }
}

impl<B> Service<Request<B>> for ConnectionService
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, BoxFuture<'static, Result<Response, Infallible>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // While the request is being answered, its connection is in use.
        let serving = self.activity.as_ref().map(Activity::serve);
        match self.entrance.0.enter(&mut request, self.peer) {
            ControlFlow::Break(answer) => Either::Left(ready(Ok(answer))),
            ControlFlow::Continue(mut router) => {
                if let Some(activity) = &self.activity {
                    request.extensions_mut().insert(activity.idle_timeout().clone());
                }
                let answer = router.call(request);
                Either::Right(Box::pin(async move {
                    let answer = answer.await;
                    drop(serving);
                    answer
                }))
            }
        }
    }
}
