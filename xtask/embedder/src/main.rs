//! Signs users up beside another crypto backend, and leaves the process's choice of one alone.

use boxoffice::{BoxOffice, SignIn, SignUp};
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let office = BoxOffice::open(directory.path())?.blocking();
    // Nobody has chosen a backend: to ask for one would panic.
    let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse"))?;
    assert_eq!(office.auth().authenticate(&ann.token)?, ann.session);

    // The choice is still the embedder's: it can be made once in a process.
    DEFAULT_PROVIDER.install_default().map_err(|_| "somebody has chosen a crypto provider before")?;
    let claims = serde_json::json!({ "iss": "embedder" });
    let token = jsonwebtoken::encode(&Header::new(Algorithm::HS512), &claims, &EncodingKey::from_secret(b"its own"))?;
    let mut validation = Validation::new(Algorithm::HS512);
    validation.required_spec_claims.clear();
    let read = jsonwebtoken::decode::<serde_json::Value>(&token, &DecodingKey::from_secret(b"its own"), &validation)?;
    assert_eq!(read.claims, claims);

    let again = office.auth().sign_in(SignIn::new("ann@example.com", "correct horse"))?;
    assert_eq!(office.auth().authenticate(&again.token)?, again.session);
    // One that is not ours is refused, not a panic.
    assert!(office.auth().authenticate(&token).is_err());
    office.close()?;
    println!("signed up beside another crypto backend");
    Ok(())
}
