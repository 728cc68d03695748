//! Where somebody signs in from: their address, and the device, which a cookie of long life names.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use boxoffice::Auth;

use super::session::{SetCookies, lasting};
use super::{cookies, random_hex};
use crate::limits::{Client, PasswordsUsedUp};
use crate::settings::Settings;

/// The name of the device's cookie over plain http, and the one over https, which no other host can plant.
const PLAIN: &str = "device";
const SECURE: &str = "__Host-device";

/// How many bytes the id of a device has.
const ID_BYTES: usize = 16;

/// How long a device is remembered: as long as browsers keep cookies at most.
const LIFE: Duration = Duration::from_hours(400 * 24);

/// How many cookies of the name are looked at.
const DEVICES_MAX: usize = 4;

/// Where somebody signs in from.
#[derive(Debug)]
pub(crate) struct Place {
    /// `None` without rate limits: then it counts for nothing, because everybody may be behind one.
    pub(crate) address: Option<IpAddr>,
    devices: Vec<String>,
    /// The id of a device that has none yet.
    fresh: Option<String>,
    https: bool,
    strangers_wait: Option<Duration>,
}

impl Place {
    /// Tells the place to whoever signs somebody in.
    pub(crate) fn tell(&self, auth: Auth) -> Auth {
        let auth = self.address.into_iter().fold(auth, Auth::address);
        let auth = self.strangers_wait.into_iter().fold(auth, Auth::strangers_wait);
        self.devices.iter().chain(&self.fresh).fold(auth, |auth, id| auth.device(id))
    }

    /// Returns the cookie for a device that has none yet, once somebody has signed in there.
    pub(crate) fn cookie(self) -> SetCookies {
        let name = if self.https { SECURE } else { PLAIN };
        SetCookies(self.fresh.into_iter().map(|id| lasting(name, id, LIFE, self.https)).collect())
    }
}

impl<S> FromRequestParts<S> for Place
where
    S: Send + Sync,
    Arc<Settings>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let settings = <Arc<Settings>>::from_ref(state);
        let https = settings.is_https();
        let is_id = |id: &&str| id.len() == 2 * ID_BYTES && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let ids = cookies::values(&parts.headers, if https { SECURE } else { PLAIN }).filter(is_id);
        let devices: Vec<String> = ids.take(DEVICES_MAX).map(str::to_owned).collect();
        let client = parts.extensions.get::<Client>().filter(|_| settings.rate_limit);
        Ok(Self {
            address: client.map(|client| client.0),
            // Without randomness the device stays unknown.
            fresh: if devices.is_empty() { random_hex::<ID_BYTES>() } else { None },
            devices,
            https,
            strangers_wait: parts.extensions.get::<PasswordsUsedUp>().map(|used_up| used_up.0),
        })
    }
}
