//! Making of a cluster.

use boxoffice::KeyRing;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

use crate::calls::aside;
use crate::errors::rejection;
use crate::generated::ClusterOptions;

/// Makes the box office of a directory the first host of a new cluster; returns the name of the stream.
#[napi]
pub async fn init_cluster(directory: String, cluster: ClusterOptions, jwt_key: Buffer) -> napi::Result<String> {
    aside(move || cluster.given()?.init(directory, &KeyRing::new(&jwt_key)?)).await.map_err(rejection)
}
