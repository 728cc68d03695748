//! Tests that the simulation finds the error of every failpoint within a few seeds.

use boxoffice::simulation::Failpoint;
use boxoffice_simulation::Simulation;

/// Maximum number of worlds in which an error has to be found.
const SEEDS: u64 = 60;

#[track_caller]
fn found(failpoint: Failpoint) {
    let simulation = Simulation::new().steps(2_000);
    let failure = failpoint.activate(|| (1..=SEEDS).find_map(|seed| simulation.run(seed).err()));
    let failure = failure.unwrap_or_else(|| panic!("{failpoint:?} is not found in {SEEDS} worlds"));
    eprintln!("{failpoint:?}: seed {} at step {}: {}", failure.seed, failure.step, failure.what);
    // Without the error, this world has no violation.
    simulation.run(failure.seed).unwrap_or_else(|failure| panic!("also without {failpoint:?}: {failure}"));
}

/// Defines a test for each failpoint, so that they run in parallel, and a test that none is missing.
macro_rules! failpoints {
    ($($test:ident: $failpoint:ident,)*) => {
        $(
            #[test]
            fn $test() {
                found(Failpoint::$failpoint);
            }
        )*

        #[test]
        fn every_failpoint_has_its_test() {
            assert_eq!(Failpoint::ALL, [$(Failpoint::$failpoint),*]);
        }
    };
}

failpoints! {
    answer_before_fsync: AnswerBeforeFsync,
    expire_without_holder: ExpireWithoutHolder,
    charge_without_intent: ChargeWithoutIntent,
    late_payment_completes: LatePaymentCompletes,
    view_before_append: ViewBeforeAppend,
    result_outside_transaction: ResultOutsideTransaction,
    deadline_off_by_one: DeadlineOffByOne,
    checkpoint_ahead: CheckpointAhead,
    archive_without_fsync: ArchiveWithoutFsync,
    clock_not_monotonic: ClockNotMonotonic,
    duplicate_webhook_counted: DuplicateWebhookCounted,
    restart_forgets_payments: RestartForgetsPayments,
    restart_forgets_deadlines: RestartForgetsDeadlines,
    email_checked_too_early: EmailCheckedTooEarly,
    open_orders_not_counted: OpenOrdersNotCounted,
    refund_not_bounded: RefundNotBounded,
    late_money_forgotten: LateMoneyForgotten,
    limp_on_after_failure: LimpOnAfterFailure,
    fee_rounded_twice: FeeRoundedTwice,
    refund_credited_twice: RefundCreditedTwice,
    sold_seats_forgotten: SoldSeatsForgotten,
    erased_key_kept: ErasedKeyKept,
}
