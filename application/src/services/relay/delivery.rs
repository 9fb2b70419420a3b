//! Giving one message to gateways, and writing down what came of it.

use std::sync::Arc;
use std::time::Duration;

use orderdesk_domain::{
    AttemptOutcome, Failure, FailureCode, Gateway, Hold, Letter, Message, MessageAttempt, MessageAttemptId,
    MessageId, MessageRefusal, MessageStatus, Remark, Timestamp,
};

use crate::error::{Error, Result};
use crate::ports::{Answer, Change, Sms, SmsGateway, StoreError, Verdict};
use crate::services::desk::Desk;
use crate::services::post::later;
use crate::services::relay::holds::Standing;
use crate::services::relay::pauses::pause;
use crate::services::relay::{Decision, Relay, Turn};

/// After how many milliseconds a gateway is tried again that sends nothing.
const TRY_AGAIN: i64 = 60_000;
/// And after how many where that told nothing about what it was held for.
const TRY_AGAIN_SOON: i64 = 5_000;
/// The pause before something is written down again that could not be, and the longest one; it doubles in between.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How many reports to one number are looked at.
const REPORTS: u32 = 10;

/// What came of a turn: the message as it is to be kept, and what has been tried.
struct Outcome {
    change: Change<Message>,
    attempts: Vec<MessageAttempt>,
}

/// An attempt, and what the gateway's answer means for the message.
struct Tried {
    attempt: MessageAttempt,
    verdict: Verdict,
}

impl Relay {
    /// Does with a message what has been decided, and sees to it that this is written down.
    pub(super) async fn deliver(&self, turn: Turn) {
        let outcome = match self.outcome(&turn).await {
            Ok(outcome) => outcome,
            Err(refusal) => {
                tracing::error!(message = %turn.message.id(), %refusal, "a message was taken that cannot be sent");
                return;
            }
        };
        let mut pause = FIRST_PAUSE;
        // What a gateway has answered is worth every effort to keep; once the lease has ended, somebody else writes down
        // that nobody knows.
        while let Err(error) = self.keep_outcome(&outcome).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                message = %turn.message.id(),
                "what became of a message could not be written down"
            );
            if turn.message.course().state.due().is_none_or(|until| later(until, 60_000) < self.desk.now()) {
                return;
            }
            self.desk.timer.sleep(pause).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    async fn outcome(&self, turn: &Turn) -> Result<Outcome, MessageRefusal> {
        let mut message = turn.message.clone();
        let was = message.version();
        let now = self.desk.now();
        let expires_at = message.course().expires_at;
        let attempts = match turn.decision {
            _ if expires_at <= now => {
                message.fail(None, FailureCode::TooOld.into(), now)?;
                Vec::new()
            }
            Decision::OptedOut => {
                message.fail(None, FailureCode::OptedOut.into(), now)?;
                Vec::new()
            }
            Decision::Wait(until) => {
                message.put_back(None, until, now)?;
                Vec::new()
            }
            Decision::Send => self.send(&mut message).await?,
        };
        Ok(Outcome { change: Change { was, now: message }, attempts })
    }

    /// Gives a message to the gateways, one after the other, until one of them has it or may have it.
    async fn send(&self, message: &mut Message) -> Result<Vec<MessageAttempt>, MessageRefusal> {
        let mut tried: Vec<Tried> = Vec::new();
        let mut is_one_passed_by = false;
        for gateway in &self.gateways {
            // Who was held up for so long has lost it: it counts as unknown, and somebody may want it sent again.
            if message.course().state.due().is_some_and(|until| until <= self.desk.now()) {
                break;
            }
            if !self.holds.admit(gateway.gateway(), self.desk.now(), self.lease) {
                is_one_passed_by = true;
                continue;
            }
            let attempt = self.attempt(&**gateway, message).await;
            self.note(gateway.gateway(), &attempt).await;
            let go_on = may_another(&attempt.verdict);
            tried.push(attempt);
            if !go_on {
                break;
            }
        }
        let now = self.desk.now();
        // The last word has the one who took it, or who at least may do so later.
        let decisive =
            tried.iter().enumerate().max_by_key(|(_, it)| weight(&it.verdict)).map(|(index, _)| index);
        let Some(decisive) = decisive else {
            message.put_back(None, now, now)?;
            return Ok(Vec::new());
        };
        for (index, it) in tried.iter().enumerate() {
            if let (true, Some(gateway)) = (index != decisive, it.attempt.gateway) {
                message.pass_over(gateway)?;
            }
        }
        if let Some(it) = tried.get(decisive) {
            // Whom those that were asked do not serve, one may that sends nothing at present.
            let may_be_served = match &it.verdict {
                Verdict::Refused(FailureCode::NotServed) => is_one_passed_by,
                Verdict::Held => tried.iter().any(|it| weight(&it.verdict) == NOT_SERVED),
                _ => false,
            };
            if may_be_served {
                message.put_back(it.attempt.gateway, self.next_trial(now), now)?;
            } else {
                self.conclude(message, it, now)?;
            }
        }
        Ok(tried.into_iter().map(|it| it.attempt).collect())
    }

    /// When a gateway that sends nothing at present is tried again.
    fn next_trial(&self, now: Timestamp) -> Timestamp {
        let trial = |gateway: &Arc<dyn SmsGateway>| match self.holds.standing(gateway.gateway(), now) {
            Standing::Held(until) => Some(until),
            Standing::Open | Standing::OnTrial => None,
        };
        self.gateways.iter().filter_map(trial).min().unwrap_or(now)
    }

    async fn attempt(&self, gateway: &dyn SmsGateway, message: &Message) -> Tried {
        let began = MessageAttemptId::new(self.desk.mint());
        let Letter { to, text, .. } = message.letter();
        let answer = gateway.send(Sms { message: message.id(), to, text }).await;
        tracing::debug!(message = %message.id(), gateway = gateway.gateway().name(), verdict = ?answer.verdict, "asked");
        tried(began, message.id(), gateway.gateway(), answer, self.desk.now())
    }

    /// Takes note of what an answer says about the gateway, whatever it says about the message.
    async fn note(&self, gateway: Gateway, tried: &Tried) {
        let now = self.desk.now();
        let noted = match tried.verdict {
            Verdict::Held => {
                let remark = tried.attempt.error.clone().or_else(|| tried.attempt.code.clone());
                tracing::error!(
                    gateway = gateway.name(),
                    "a gateway sends nothing; messages wait until it does again"
                );
                let hold = Hold { gateway, remark, since: now, until: later(now, TRY_AGAIN) };
                self.holds.note(hold.clone());
                self.desk.hold(&hold).await
            }
            Verdict::Accepted { .. } if self.holds.release(gateway) => {
                tracing::info!(gateway = gateway.name(), "a gateway sends again");
                self.desk.release(gateway).await
            }
            Verdict::Accepted { .. } => Ok(()),
            _ => {
                self.holds.try_again(gateway, later(now, TRY_AGAIN_SOON));
                Ok(())
            }
        };
        if let Err(error) = noted {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                error,
                gateway = gateway.name(),
                "what is with a gateway could not be written down"
            );
        }
    }

    /// Takes the message where the gateway's answer leads.
    fn conclude(&self, message: &mut Message, tried: &Tried, now: Timestamp) -> Result<(), MessageRefusal> {
        let Some(gateway) = tried.attempt.gateway else { return Ok(()) };
        let failure = |code| Failure { code, remark: told(&tried.attempt) };
        match &tried.verdict {
            Verdict::Accepted { reference, cost } => message.accept(gateway, reference.clone(), *cost, now),
            Verdict::Refused(code) => message.fail(Some(gateway), failure(*code), now),
            Verdict::Unanswered => message.lose(Some(gateway), failure(FailureCode::NoAnswer), now),
            Verdict::Held => message.put_back(Some(gateway), now, now),
            Verdict::Later { attempts } => {
                let deferrals = message.course().deferrals;
                if attempts.is_some_and(|most| deferrals.saturating_add(1) >= most) {
                    return message.fail(Some(gateway), failure(FailureCode::Refused), now);
                }
                let due = later(now, pause(deferrals, self.desk.randomness.number()));
                if due >= message.course().expires_at {
                    return message.fail(Some(gateway), failure(FailureCode::TooOld), now);
                }
                message.defer(gateway, due, now)
            }
        }
    }

    async fn keep_outcome(&self, outcome: &Outcome) -> Result<()> {
        let Outcome { change, attempts } = outcome;
        match self.desk.write_down(change, attempts).await {
            // Somebody else has written; or this has, and the store fell silent before it said so.
            Err(Error::Store(StoreError::Conflict)) => self.desk.write_down_late(outcome).await?,
            // The message has gone with its customer.
            Err(Error::Store(StoreError::Referenced)) => return Ok(()),
            written => written?,
        }
        let (letter, course) = (change.now.letter(), change.now.course());
        match change.now.status() {
            MessageStatus::Sent => {
                if let (Some(gateway), Some(reference)) = (course.gateway, &course.reference)
                    && let Some(report) = self.desk.store.outbox().kept_report(gateway, reference).await?
                {
                    self.desk.settle_kept(&report).await?;
                }
            }
            MessageStatus::Unknown => self.desk.settle_unknown(letter).await?,
            MessageStatus::Failed if course.state.failure().is_some_and(is_opt_out) => {
                if let Some(gateway) = course.gateway {
                    self.desk.opt_out(gateway, &letter.to).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl Desk {
    /// Stores a message as it has become, with what has been tried.
    pub(super) async fn write_down(
        &self,
        change: &Change<Message>,
        attempts: &[MessageAttempt],
    ) -> Result<()> {
        let lost_race = |error: &StoreError| matches!(error, StoreError::Retry(_));
        for _ in 0..ATTEMPTS {
            match self.try_to_write_down(change, attempts).await {
                Err(Error::Store(error)) if lost_race(&error) => self.timer.pause(FIRST_PAUSE / 10).await,
                outcome => return outcome,
            }
        }
        self.try_to_write_down(change, attempts).await
    }

    async fn try_to_write_down(&self, change: &Change<Message>, attempts: &[MessageAttempt]) -> Result<()> {
        let mut work = self.begin().await?;
        work.messages().update(std::slice::from_ref(change)).await?;
        if !attempts.is_empty() {
            work.message_attempts().append(attempts).await?;
        }
        Ok(work.commit().await?)
    }

    /// Somebody else has written down that the worker is lost: what the gateway has said is known all the same. Should
    /// the message have gone on since, only what was tried is kept.
    async fn write_down_late(&self, outcome: &Outcome) -> Result<()> {
        let Outcome { change, attempts } = outcome;
        self.retry(|| async move {
            let mut work = self.begin().await?;
            let Some(found) = work.messaging().message(change.now.id()).await? else { return Ok(()) };
            let is_next = found.version() == change.now.version() && found.status() == MessageStatus::Unknown;
            let course = change.now.course();
            let cost = attempts.iter().find_map(|attempt| attempt.cost);
            let mut late = found.clone();
            let accepted = match (course.gateway, change.now.status()) {
                (Some(gateway), MessageStatus::Sent) if is_next => {
                    late.accept(gateway, course.reference.clone(), cost, self.now()).is_ok()
                }
                _ => false,
            };
            if accepted {
                work.messages().update(&[Change { was: found.version(), now: late }]).await?;
            }
            if !attempts.is_empty() {
                match work.message_attempts().append(attempts).await {
                    // All of it has been written down before.
                    Err(StoreError::AlreadyExists(_)) => return Ok(()),
                    appended => appended?,
                }
            }
            Ok(work.commit().await?)
        })
        .await
    }

    /// Looks whether something has been reported already that tells what became of a message of which nobody knows.
    pub(super) async fn settle_unknown(&self, letter: &Letter) -> Result<()> {
        for report in self.store.outbox().kept_reports_to(&letter.to, REPORTS).await? {
            self.settle_kept(&report).await?;
        }
        Ok(())
    }

    async fn hold(&self, hold: &Hold) -> Result<()> {
        self.retry(|| async move {
            let mut work = self.begin().await?;
            work.messaging().hold(hold).await?;
            Ok(work.commit().await?)
        })
        .await
    }

    async fn release(&self, gateway: Gateway) -> Result<()> {
        self.retry(|| async move {
            let mut work = self.begin().await?;
            work.messaging().release(gateway).await?;
            Ok(work.commit().await?)
        })
        .await
    }
}

/// How often a write is tried that loses against others.
const ATTEMPTS: u32 = 8;

/// Whether another gateway may be asked at once: only where this one is known not to have taken the message over, and the
/// reason lies with it.
fn may_another(verdict: &Verdict) -> bool {
    match verdict {
        Verdict::Later { .. } | Verdict::Held | Verdict::Refused(FailureCode::NotServed) => true,
        Verdict::Accepted { .. } | Verdict::Refused(_) | Verdict::Unanswered => false,
    }
}

/// The lightest answer: a gateway does not serve such a number, which says nothing about others.
const NOT_SERVED: u8 = 0;

/// Which of several answers decides about the message: the heavier one.
fn weight(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Refused(FailureCode::NotServed) => NOT_SERVED,
        Verdict::Held => 1,
        Verdict::Later { .. } => 2,
        Verdict::Refused(_) | Verdict::Accepted { .. } | Verdict::Unanswered => 3,
    }
}

fn tried(
    id: MessageAttemptId,
    message: MessageId,
    gateway: Gateway,
    answer: Answer,
    now: Timestamp,
) -> Tried {
    let (outcome, reference, cost) = match &answer.verdict {
        Verdict::Accepted { reference, cost } => (AttemptOutcome::Accepted, reference.clone(), *cost),
        Verdict::Refused(_) => (AttemptOutcome::Refused, None, None),
        Verdict::Later { .. } => (AttemptOutcome::Deferred, None, None),
        Verdict::Held => (AttemptOutcome::Held, None, None),
        Verdict::Unanswered => (AttemptOutcome::Unanswered, None, None),
    };
    let attempt = MessageAttempt {
        id,
        message,
        gateway: Some(gateway),
        outcome,
        reference,
        code: answer.code,
        cost,
        error: answer.remark,
        finished_at: now,
    };
    Tried { attempt, verdict: answer.verdict }
}

/// What a gateway said about a failure.
fn told(attempt: &MessageAttempt) -> Option<Remark> {
    attempt.error.clone().or_else(|| attempt.code.clone())
}

fn is_opt_out(failure: &Failure) -> bool {
    failure.code == FailureCode::OptedOut
}
