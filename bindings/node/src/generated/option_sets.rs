// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

//! Options of a part of the box office.

use crate::generated::prelude::*;

#[napi(object, object_to_js = false)]
pub struct ClusterOptions {
    pub servers: Vec<String>,
    pub credentials_file: Option<String>,
    pub nkey_file: Option<String>,
    pub user: Option<Vec<String>>,
    pub certificate_authorities: Option<String>,
    pub client_certificate: Option<Vec<String>>,
    pub monitoring: Option<Vec<String>>,
    pub host_name: Option<String>,
    pub preferred_writer: Option<bool>,
    pub votes: Option<bool>,
    pub joins: Option<bool>,
    pub payments: Option<bool>,
    pub acknowledge: Option<String>,
    pub replicas: Option<f64>,
    pub level_within_ms: Option<f64>,
    pub test_servers: Option<bool>,
}

impl std::fmt::Debug for ClusterOptions {
    /// There may be a password among them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClusterOptions(…)")
    }
}

impl ClusterOptions {
    pub(crate) fn given(self) -> Result<boxoffice::ClusterOptions, Error> {
        let Self {
            servers,
            credentials_file,
            nkey_file,
            user,
            certificate_authorities,
            client_certificate,
            monitoring,
            host_name,
            preferred_writer,
            votes,
            joins,
            payments,
            acknowledge,
            replicas,
            level_within_ms,
            test_servers,
        } = self;
        let mut options = boxoffice::ClusterOptions::new(servers);
        if let Some(it) = credentials_file {
            options = options.credentials_file(it);
        }
        if let Some(it) = nkey_file {
            options = options.nkey_file(it);
        }
        if let Some(it) = user {
            let Ok([user, password]) = <[_; 2]>::try_from(it) else {
                return Err(Error::invalid("user", "must be two values"));
            };
            options = options.user(user, password);
        }
        if let Some(it) = certificate_authorities {
            options = options.certificate_authorities(it);
        }
        if let Some(it) = client_certificate {
            let Ok([certificate, key]) = <[_; 2]>::try_from(it) else {
                return Err(Error::invalid("clientCertificate", "must be two values"));
            };
            options = options.client_certificate(certificate, key);
        }
        if let Some(it) = monitoring {
            options = options.monitoring(it);
        }
        if let Some(it) = host_name {
            options = options.host_name(parsed("hostName", &it)?);
        }
        if let Some(it) = preferred_writer {
            options = options.preferred_writer(it);
        }
        if let Some(it) = votes {
            options = options.votes(it);
        }
        if let Some(it) = joins {
            options = options.joins(it);
        }
        if let Some(it) = payments {
            options = options.payments(it);
        }
        if let Some(it) = acknowledge {
            options = options.acknowledge(parsed("acknowledge", &it)?);
        }
        if let Some(it) = replicas {
            options = options.replicas(natural("replicas", it)?);
        }
        if let Some(it) = level_within_ms {
            options = options.level_within(millis("levelWithinMs", it)?);
        }
        if let Some(it) = test_servers {
            options = options.test_servers(it);
        }

        Ok(options)
    }
}
