//! Opens a show with N tickets to M concurrent buyers, and proves at the end that no ticket was sold twice.

#![allow(clippy::cast_precision_loss, reason = "figures of a few digits")]

mod args;
mod crowd;
mod embedded;
mod http;
mod latency;
mod proof;
mod shop;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::Arguments;
use crate::embedded::Embedded;
use crate::http::Http;
use crate::shop::{Failure, Shop};

#[tokio::main]
async fn main() -> Result<ExitCode, Failure> {
    let arguments = Arguments::parse();
    let proven = match arguments.url.clone() {
        Some(url) => run(Http::new(&url)?, &arguments).await?,
        None => run(Embedded::open(arguments.data.as_deref())?, &arguments).await?,
    };
    Ok(if proven { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run(shop: impl Shop, arguments: &Arguments) -> Result<bool, Failure> {
    let shop = Arc::new(shop);
    let accounts = arguments.accounts();
    let bar = progress("signing people up", accounts + 1);
    // The seller is one more account, whose name does not depend on the number of buyers.
    let seller = shop.sign_up(&arguments.email("seller", 0)).await?;
    bar.inc(1);
    let buyers = crowd::sign_up(&shop, arguments, &bar).await?;
    bar.finish_and_clear();

    let bar = progress("listing tickets", arguments.tickets);
    let tickets = crowd::list(&*shop, &seller, arguments.tickets, &bar).await?;
    bar.finish_and_clear();

    let bar = progress("selling", arguments.buyers);
    let result = crowd::open_sale(&shop, &buyers, &tickets, arguments, &bar).await?;
    bar.finish_and_clear();

    let bar = progress("counting", tickets.len());
    let proof = proof::gather(&*shop, &tickets, &result, &bar).await?;
    bar.finish_and_clear();
    shop.close().await?;

    let mut out = std::io::stdout().lock();
    write!(out, "{}\n{}\n{}", result.summary(arguments), result.latency.table(), proof)?;
    Ok(proof.holds())
}

fn progress(what: &'static str, len: usize) -> ProgressBar {
    // If the template does not parse, the bar only looks plainer.
    let style = ProgressStyle::with_template("{msg:>18} {bar:40} {pos}/{len} ({per_sec}, {eta} left)")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(len as u64).with_style(style).with_message(what)
}
