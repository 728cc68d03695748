//! The simulation finds every failpoint within a few seeds.

use boxoffice::testing::Mistake;
use boxoffice_simulation::Simulation;

/// Number of worlds within which a failpoint must be found.
const SEEDS: u64 = 60;

#[track_caller]
fn found(mistake: Mistake) {
    let simulation = Simulation::new().steps(2_000);
    let failure = mistake.plant(|| (1..=SEEDS).find_map(|seed| simulation.run(seed).err()));
    let failure = failure.unwrap_or_else(|| panic!("{mistake:?} is not found in {SEEDS} worlds"));
    eprintln!("{mistake:?}: seed {} at step {}: {}", failure.seed, failure.step, failure.what);
    // Without the failpoint, that world has no fault.
    simulation.run(failure.seed).unwrap_or_else(|failure| panic!("also without {mistake:?}: {failure}"));
}

/// Defines one test for each failpoint, so that they run in parallel, and one test that the list is complete.
macro_rules! mistakes {
    ($($test:ident: $mistake:ident,)*) => {
        $(
            #[test]
            fn $test() {
                found(Mistake::$mistake);
            }
        )*

        #[test]
        fn every_mistake_has_its_test() {
            assert_eq!(Mistake::ALL, [$(Mistake::$mistake),*]);
        }
    };
}

mistakes! {
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
}
