//! What is tried with money that comes for an order that has ended.

use std::fmt;
use std::str::FromStr;

/// What is tried, in this order, with money that comes for an order that has ended.
///
/// Whatever the steps, the last resort is an operator's list, so that the money never has no owner. Read from text such as
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

/// What may be done with money that comes for an order that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LateMoneyStep {
    /// The tickets are sold to the buyer after all, by a new order, if all are still free, cost the same and may be theirs.
    Retake,
    /// The money is given back, or released if it is only set aside.
    Return,
    /// An operator sees to it.
    Escalate,
}

impl LateMoneyStep {
    /// The step as it is written, such as `retake`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retake => "retake",
            Self::Return => "return",
            Self::Escalate => "escalate",
        }
    }
}

/// A text that names no step of a [`LateMoneyPolicy`], or one twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a list without repetition of retake, return and escalate")]
pub struct UnknownLateMoneyStep;

impl LateMoneyPolicy {
    /// Retake, else return, else escalate: what holds unless something else is said.
    pub const RETAKE_FIRST: Self =
        Self { steps: [LateMoneyStep::Retake, LateMoneyStep::Return, LateMoneyStep::Escalate], len: 3 };

    /// These steps, up to the first that escalates.
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

    /// The steps, the last of which is [`LateMoneyStep::Escalate`].
    pub fn steps(&self) -> &[LateMoneyStep] {
        &self.steps[..self.len]
    }

    /// What is left to try once money could not be given back.
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
