//! Options of the payment gateway and its secrets.

use std::ffi::OsString;
#[cfg(feature = "stripe")]
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use boxoffice::gateway::PaymentGateway;
#[cfg(feature = "stripe")]
use boxoffice::gateway::{Stripe, StripeError, StripeKey, StripeMode};
use clap::{ArgAction, Args, ValueEnum};

use super::command_line::is_blank;
use super::parse::parse_bool;
use crate::cards::CardForm;
#[cfg(feature = "stripe")]
use crate::cards::PublishableKey;

/// A card processor that the host supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GatewayKind {
    /// Takes no money; for development.
    Sandbox,
    /// Takes cards through Stripe.
    #[cfg(feature = "stripe")]
    Stripe,
}

/// The time at which a card's money is captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Capture {
    /// Captures with the payment; money that comes too late is refunded.
    AtOnce,
    /// Authorizes first and captures when the order completes; money that comes too late is released.
    AuthorizeFirst,
}

/// Options of the payment gateway.
#[derive(Debug, Clone, Args)]
pub struct GatewayArgs {
    /// Payment gateway: `sandbox` takes no money and is for development, `stripe` takes cards
    #[arg(long, env = "BOXOFFICE_GATEWAY", value_enum, value_name = "NAME", default_value = "sandbox")]
    pub gateway: GatewayKind,

    /// Take real money; without this, Stripe's live keys are refused, and with it, its test keys
    #[arg(long, env = "BOXOFFICE_STRIPE_LIVE", value_parser = parse_bool)]
    pub stripe_live: bool,

    /// Time at which Stripe captures a card's money: `at-once`, or `authorize-first`, which authorizes it until the
    /// order completes
    #[arg(long, env = "BOXOFFICE_STRIPE_CAPTURE", value_enum, value_name = "WHEN", default_value = "at-once")]
    pub stripe_capture: Capture,

    /// Stripe's publishable key, which the storefront's checkout needs to take cards; without it the checkout takes
    /// none, and the API accepts tokens that other pages created
    #[arg(long, env = "STRIPE_PUBLISHABLE_KEY", value_name = "KEY")]
    pub stripe_publishable_key: Option<String>,

    /// File with Stripe's secret key, instead of `STRIPE_SECRET_KEY`
    #[arg(long, env = "STRIPE_SECRET_KEY_FILE", value_name = "FILE")]
    pub stripe_secret_key_file: Option<PathBuf>,

    /// File with the secrets of Stripe's webhooks, one per line, instead of `STRIPE_WEBHOOK_SECRET`; may be repeated
    #[arg(
        long, env = "STRIPE_WEBHOOK_SECRET_FILE", value_name = "FILE", action = ArgAction::Append, value_delimiter = ','
    )]
    pub stripe_webhook_secret_file: Vec<PathBuf>,

    /// Base URL of Stripe's API, for a proxy or a stand-in: https, or on this machine
    #[arg(long, env = "BOXOFFICE_STRIPE_API_BASE", value_name = "URL")]
    pub stripe_api_base: Option<String>,
}

/// Error of Stripe's options. It names the variables and flags, and contains no secret.
#[cfg(feature = "stripe")]
#[derive(Debug, thiserror::Error)]
pub(crate) enum GatewayFault {
    #[error(
        "--gateway stripe (BOXOFFICE_GATEWAY) needs STRIPE_SECRET_KEY in the environment, or --stripe-secret-key-file \
         (STRIPE_SECRET_KEY_FILE)"
    )]
    NoKey,
    #[error("{0} is given twice, in the environment and by a file ({0}_FILE)")]
    Twice(&'static str),
    #[error("{name}_FILE: {path}: {error}", name = .0, path = .1.display(), error = .2)]
    File(&'static str, PathBuf, std::io::Error),
    #[error("STRIPE_SECRET_KEY (or its file): {0}")]
    Key(StripeError),
    #[error(
        "STRIPE_SECRET_KEY (or its file) is a live key, which takes real money: say --stripe-live (BOXOFFICE_STRIPE_LIVE) if \
         that is meant"
    )]
    Live,
    #[error(
        "--stripe-live (BOXOFFICE_STRIPE_LIVE) needs a live key; STRIPE_SECRET_KEY (or its file) is one of Stripe's test mode"
    )]
    Test,
    #[error("STRIPE_WEBHOOK_SECRET (or its file): each secret must start with whsec_")]
    WebhookSecret,
    #[error("{0}")]
    Publishable(String),
    #[error(
        "--stripe-publishable-key (STRIPE_PUBLISHABLE_KEY) and STRIPE_SECRET_KEY (or its file) are of different modes, test \
         and live"
    )]
    Modes,
    #[error("--stripe-api-base (BOXOFFICE_STRIPE_API_BASE): {0}")]
    Base(StripeError),
    #[error(transparent)]
    Stripe(#[from] StripeError),
}

/// Name of an environment variable, and its value if set.
type Variable = (&'static str, Option<String>);

/// Error of a variable whose value can't be read. It contains no secret.
#[derive(Debug, thiserror::Error)]
#[error("{0} is set to what is not UTF-8 text")]
struct NotText(&'static str);

fn variable(name: &'static str) -> Result<Variable, NotText> {
    read(name, std::env::var_os(name))
}

/// Reads the value of a variable; blank, it is as good as unset. One that can't be read is an error, since whoever set it means
/// it to count.
fn read(name: &'static str, value: Option<OsString>) -> Result<Variable, NotText> {
    let text = value.filter(|value| !is_blank(value)).map(OsString::into_string).transpose();
    text.map(|text| (name, text)).map_err(|_| NotText(name))
}

impl GatewayArgs {
    /// Creates the card processor; `None` for the sandbox, which is the default of a box office.
    ///
    /// # Errors
    /// Returns an error if its keys and secrets are missing, contradict each other or can't be read.
    #[cfg_attr(not(feature = "stripe"), expect(clippy::unnecessary_wraps, reason = "what can fail is Stripe's"))]
    pub(crate) fn open(&self) -> Result<Option<Arc<dyn PaymentGateway>>, Box<dyn std::error::Error>> {
        let key = variable("STRIPE_SECRET_KEY");
        match self.gateway {
            GatewayKind::Sandbox => {
                // Whatever the key is, it counts for nothing here.
                let is_given = !matches!(key, Ok((_, None)));
                if is_given || self.stripe_secret_key_file.is_some() {
                    tracing::warn!("the sandbox takes no money, although a key of Stripe is given: see --gateway");
                }
                Ok(None)
            }
            #[cfg(feature = "stripe")]
            GatewayKind::Stripe => {
                let stripe = self.stripe(key?, variable("STRIPE_WEBHOOK_SECRET")?)?;
                let says = match stripe.mode() {
                    StripeMode::Live => "Stripe takes real money",
                    StripeMode::Test => "Stripe is in its test mode: no money moves",
                };
                tracing::info!(gateway = stripe.name(), capture = ?self.stripe_capture, "{says}");
                Ok(Some(Arc::new(stripe)))
            }
        }
    }

    /// Returns the card input of the checkout.
    ///
    /// # Errors
    /// Returns an error if the given publishable key is not one.
    #[cfg_attr(not(feature = "stripe"), expect(clippy::unnecessary_wraps, reason = "what can fail is Stripe's"))]
    pub(crate) fn card_form(&self) -> Result<CardForm, String> {
        match self.gateway {
            GatewayKind::Sandbox => Ok(CardForm::Sandbox),
            #[cfg(feature = "stripe")]
            GatewayKind::Stripe => Ok(self.publishable_key()?.map_or(CardForm::Elsewhere, CardForm::Stripe)),
        }
    }

    #[cfg(feature = "stripe")]
    fn publishable_key(&self) -> Result<Option<PublishableKey>, String> {
        let given = self.stripe_publishable_key.as_deref().map(str::trim).filter(|key| !key.is_empty());
        let key = given.map(str::parse::<PublishableKey>).transpose();
        key.map_err(|reason| format!("--stripe-publishable-key (STRIPE_PUBLISHABLE_KEY): {reason}"))
    }

    #[cfg(feature = "stripe")]
    fn stripe(&self, key: Variable, webhooks: Variable) -> Result<Stripe, GatewayFault> {
        let key = secrets(key, self.stripe_secret_key_file.as_slice())?.into_iter().next();
        let key = key.ok_or(GatewayFault::NoKey)?.parse::<StripeKey>().map_err(GatewayFault::Key)?;
        match (key.mode(), self.stripe_live) {
            (StripeMode::Live, false) => return Err(GatewayFault::Live),
            (StripeMode::Test, true) => return Err(GatewayFault::Test),
            (StripeMode::Live, true) | (StripeMode::Test, false) => {}
        }
        match self.publishable_key().map_err(GatewayFault::Publishable)? {
            Some(publishable) if publishable.is_live() != self.stripe_live => return Err(GatewayFault::Modes),
            Some(_) => {}
            None => tracing::warn!("without STRIPE_PUBLISHABLE_KEY the checkout of the storefront takes no cards"),
        }
        let stripe = match &self.stripe_api_base {
            Some(base) => Stripe::at(key, base).map_err(|error| match error {
                StripeError::Insecure => GatewayFault::Base(error),
                _ => GatewayFault::Stripe(error),
            })?,
            None => Stripe::new(key)?,
        };
        let stripe = match self.stripe_capture {
            Capture::AtOnce => stripe,
            Capture::AuthorizeFirst => stripe.authorize_first(),
        };
        let webhooks = secrets(webhooks, &self.stripe_webhook_secret_file)?;
        if webhooks.is_empty() {
            tracing::warn!("without STRIPE_WEBHOOK_SECRET no webhook of Stripe is believed; outcomes are asked for");
        }
        webhooks.iter().try_fold(stripe, |stripe, secret| {
            let is_one = secret.starts_with("whsec_");
            if is_one { Ok(stripe.webhook_secret(secret)) } else { Err(GatewayFault::WebhookSecret) }
        })
    }
}

/// Returns the secrets in a variable, separated by commas, or in files, one per line.
#[cfg(feature = "stripe")]
fn secrets((name, value): Variable, files: &[PathBuf]) -> Result<Vec<String>, GatewayFault> {
    if value.is_some() && !files.is_empty() {
        return Err(GatewayFault::Twice(name));
    }
    let text = |path: &PathBuf| fs::read_to_string(path).map_err(|error| GatewayFault::File(name, path.clone(), error));
    let texts: Vec<String> = value.map(Ok).into_iter().chain(files.iter().map(text)).collect::<Result<_, _>>()?;
    let words = texts.iter().flat_map(|text| text.split([',', '\n'])).map(str::trim);
    Ok(words.filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

#[cfg(all(test, feature = "stripe"))]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: GatewayArgs,
    }

    fn open(args: &[&str], key: Option<&str>, webhooks: Option<&str>) -> Result<Stripe, String> {
        let args = Cli::parse_from([&["host", "--gateway", "stripe"], args].concat()).args;
        let given = |value: Option<&str>| value.map(str::to_owned);
        args.stripe(("STRIPE_SECRET_KEY", given(key)), ("STRIPE_WEBHOOK_SECRET", given(webhooks)))
            .map_err(|fault| fault.to_string())
    }

    #[test]
    fn live_and_test_keys_are_not_mixed_up() {
        assert_eq!(open(&[], Some("sk_test_1"), None).unwrap().mode(), StripeMode::Test);
        assert_eq!(open(&["--stripe-live"], Some("rk_live_1"), None).unwrap().mode(), StripeMode::Live);
        assert!(open(&[], Some("sk_live_1"), None).unwrap_err().contains("real money"));
        assert!(open(&["--stripe-live"], Some("sk_test_1"), None).unwrap_err().contains("live key"));
        assert!(open(&[], None, None).unwrap_err().contains("STRIPE_SECRET_KEY"));
        assert!(open(&[], Some("pk_test_1"), None).unwrap_err().contains("sk_test_"));
    }

    #[test]
    fn the_checkout_takes_cards_with_a_publishable_key_of_the_same_mode() {
        let form = |args: &[&str]| {
            let args = Cli::parse_from([&["host"], args].concat()).args;
            args.card_form()
        };
        let with = |key| form(&["--gateway", "stripe", "--stripe-publishable-key", key]);
        assert_eq!(form(&[]), Ok(CardForm::Sandbox));
        assert_eq!(form(&["--gateway", "stripe"]), Ok(CardForm::Elsewhere));
        assert_eq!(with(""), Ok(CardForm::Elsewhere));
        assert_eq!(with("pk_test_1").unwrap(), CardForm::Stripe("pk_test_1".parse().unwrap()));
        for wrong in ["sk_test_hidden", "pk_hidden", "pk_live_", "pk_test_hid den", "pk_test_\"hidden"] {
            let fault = with(wrong).unwrap_err();
            assert!(fault.contains("pk_test_") && !fault.contains("hid"), "{fault}");
            assert!(fault.contains("--stripe-publishable-key (STRIPE_PUBLISHABLE_KEY)"), "{fault}");
        }
        let live = ["--stripe-publishable-key", "pk_live_1"];
        assert!(open(&live, Some("sk_test_1"), None).unwrap_err().contains("different modes"));
        open(&[&live[..], &["--stripe-live"]].concat(), Some("sk_live_1"), None).unwrap();
    }

    #[test]
    fn secrets_come_from_the_environment_or_from_files_and_are_never_said() {
        let dir = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let (key, secrets) = (file("key", "sk_test_hidden\n"), file("secrets", "whsec_hidden1\n\nwhsec_hidden2\n"));
        let key_file = ["--stripe-secret-key-file", key.as_str()];
        let both = [key_file, ["--stripe-webhook-secret-file", secrets.as_str()]].concat();
        let shown = format!("{:?}", open(&both, None, None).unwrap());
        assert_eq!(shown.matches("Secret(").count(), 2, "{shown}");
        assert!(!shown.contains("hidden"), "{shown}");
        open(&[], Some("sk_test_1"), Some("whsec_new, whsec_old")).unwrap();
        let faults = [
            open(&key_file, Some("sk_test_hidden"), None).unwrap_err(),
            open(&[], Some("sk_test_1"), Some("sk_test_hidden")).unwrap_err(),
            open(&[], Some("hidden"), None).unwrap_err(),
            open(&["--stripe-secret-key-file", "/nowhere"], None, None).unwrap_err(),
            open(&["--stripe-api-base", "http://stripe.example"], Some("sk_test_hidden"), None).unwrap_err(),
        ];
        assert!(faults.iter().all(|fault| !fault.contains("hidden")), "{faults:?}");
        assert!(faults[0].contains("twice") && faults[3].contains("/nowhere"), "{faults:?}");
        let named = [
            "STRIPE_SECRET_KEY_FILE",
            "STRIPE_WEBHOOK_SECRET",
            "STRIPE_SECRET_KEY",
            "STRIPE_SECRET_KEY_FILE: /nowhere",
            "--stripe-api-base (BOXOFFICE_STRIPE_API_BASE)",
        ];
        assert!(faults.iter().zip(named).all(|(fault, name)| fault.contains(name)), "{faults:?}");
    }

    #[test]
    fn errors_of_modes_name_the_variables() {
        let of = |args: &[&str], key: &str| open(args, Some(key), None).unwrap_err();
        let live = of(&[], "sk_live_1");
        assert!(live.contains("STRIPE_SECRET_KEY") && live.contains("BOXOFFICE_STRIPE_LIVE"), "{live}");
        let test = of(&["--stripe-live"], "sk_test_1");
        assert!(test.contains("STRIPE_SECRET_KEY") && test.contains("BOXOFFICE_STRIPE_LIVE"), "{test}");
        let modes = of(&["--stripe-publishable-key", "pk_live_1"], "sk_test_1");
        assert!(modes.contains("STRIPE_PUBLISHABLE_KEY") && modes.contains("STRIPE_SECRET_KEY"), "{modes}");
    }

    #[test]
    fn a_secret_that_is_not_text_does_not_count_as_unset() {
        use std::os::unix::ffi::OsStringExt;

        let value = |bytes: &[u8]| read("STRIPE_SECRET_KEY", Some(OsString::from_vec(bytes.to_vec())));
        let fault = value(b"sk_test_hidden\xff").unwrap_err().to_string();
        assert!(fault.contains("STRIPE_SECRET_KEY") && !fault.contains("hidden"), "{fault}");
        assert_eq!(value(b"sk_test_1").unwrap().1.as_deref(), Some("sk_test_1"));
        assert_eq!(value(b" \n").unwrap().1, None);
        assert_eq!(read("STRIPE_SECRET_KEY", None).unwrap().1, None);
    }
}
