//! Policy for money that comes for an order that has ended.

use std::fmt;
use std::str::FromStr;

/// Steps that are tried, in this order, with money that comes for an order that has ended.
///
/// The last step is always to escalate to an operator, so that the money always has an owner. Parsed from text such as
/// `retake,return`.
///
/// ```
/// use boxoffice::{LateMoneyPolicy, LateMoneyStep};
///
/// assert_eq!(LateMoneyPolicy::default().to_string(), "retake,return,escalate");
/// let policy: LateMoneyPolicy = "return".parse()?;
/// assert_eq!(policy.steps(), [LateMoneyStep::Return, LateMoneyStep::Escalate]);
/// # Ok::<(), boxoffice::UnknownLateMoneyStep>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateMoneyPolicy {
    steps: [LateMoneyStep; 3],
    len: usize,
}

/// Step that may be taken with money that comes for an order that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LateMoneyStep {
    /// Sells the tickets to the buyer after all, by a new order, if all are still available, cost the same, and the
    /// buyer may order them.
    Retake,
    /// Gives the money back, or voids it if it is only authorized.
    Return,
    /// Leaves the money to an operator.
    Escalate,
}

impl LateMoneyStep {
    /// Returns the name of the step as it is written, such as `retake`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retake => "retake",
            Self::Return => "return",
            Self::Escalate => "escalate",
        }
    }
}

/// Error for a text that names an unknown step of a [`LateMoneyPolicy`], or one step twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a list without repetition of retake, return and escalate")]
pub struct UnknownLateMoneyStep;

impl LateMoneyPolicy {
    /// Retake, else return, else escalate. This is the default.
    pub const RETAKE_FIRST: Self =
        Self { steps: [LateMoneyStep::Retake, LateMoneyStep::Return, LateMoneyStep::Escalate], len: 3 };

    /// Creates a policy of these steps, up to the first that escalates.
    ///
    /// # Errors
    /// [`UnknownLateMoneyStep`] if a step is named twice.
    pub fn new(steps: &[LateMoneyStep]) -> Result<Self, UnknownLateMoneyStep> {
        let mut policy = Self { steps: [LateMoneyStep::Escalate; 3], len: 1 };
        for step in steps {
            if policy.steps()[..policy.len - 1].contains(step) {
                return Err(UnknownLateMoneyStep);
            }
            if *step == LateMoneyStep::Escalate {
                break;
            }
            policy.steps[policy.len - 1] = *step;
            policy.len += 1;
        }
        Ok(policy)
    }

    /// Returns the steps, the last of which is [`LateMoneyStep::Escalate`].
    pub fn steps(&self) -> &[LateMoneyStep] {
        &self.steps[..self.len]
    }

    /// Returns the steps that are left once money could not be given back.
    pub(super) fn after_return(&self) -> &[LateMoneyStep] {
        let returned = self.steps().iter().position(|step| *step == LateMoneyStep::Return);
        &self.steps()[returned.map_or(self.len - 1, |at| at + 1)..]
    }
}

impl Default for LateMoneyPolicy {
    fn default() -> Self {
        Self::RETAKE_FIRST
    }
}

impl FromStr for LateMoneyPolicy {
    type Err = UnknownLateMoneyStep;

    fn from_str(text: &str) -> Result<Self, UnknownLateMoneyStep> {
        let all = [LateMoneyStep::Retake, LateMoneyStep::Return, LateMoneyStep::Escalate];
        let step = |name: &str| all.into_iter().find(|step| step.as_str() == name.trim());
        let steps: Vec<_> =
            text.split(',').map(|name| step(name).ok_or(UnknownLateMoneyStep)).collect::<Result<_, _>>()?;
        Self::new(&steps)
    }
}

impl fmt::Display for LateMoneyPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.steps().iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            f.write_str(step.as_str())?;
        }
        Ok(())
    }
}
