//! The policy of a jar, which can be exchanged and hardly ever is: until then nobody who asks for
//! it waits for a lock, or for a count that all threads share.

use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::cookie::CookiePolicy;

pub(super) struct CurrentPolicy {
    /// It is kept as long as the jar is.
    first: Arc<dyn CookiePolicy>,
    is_exchanged: AtomicBool,
    /// Some once it was exchanged.
    later: RwLock<Option<Arc<dyn CookiePolicy>>>,
}

/// The policy as it was when it was asked for.
pub(super) enum Policy<'a> {
    First(&'a Arc<dyn CookiePolicy>),
    Later(Arc<dyn CookiePolicy>),
}

impl CurrentPolicy {
    pub(super) fn new(first: Arc<dyn CookiePolicy>) -> Self {
        Self { first, is_exchanged: AtomicBool::new(false), later: RwLock::new(None) }
    }

    pub(super) fn get(&self) -> Policy<'_> {
        if !self.is_exchanged.load(Ordering::Acquire) {
            return Policy::First(&self.first);
        }
        match &*self.later.read().unwrap_or_else(PoisonError::into_inner) {
            Some(later) => Policy::Later(later.clone()),
            None => Policy::First(&self.first),
        }
    }

    pub(super) fn set(&self, policy: Arc<dyn CookiePolicy>) {
        let old = self.later.write().unwrap_or_else(PoisonError::into_inner).replace(policy);
        self.is_exchanged.store(true, Ordering::Release);
        // Dropped here and not under the lock, since dropping it may be code of the user's.
        drop(old);
    }
}

impl Policy<'_> {
    pub(super) fn to_arc(&self) -> Arc<dyn CookiePolicy> {
        match self {
            Self::First(policy) => Arc::clone(policy),
            Self::Later(policy) => policy.clone(),
        }
    }
}

impl Deref for Policy<'_> {
    type Target = dyn CookiePolicy;

    fn deref(&self) -> &Self::Target {
        match self {
            Self::First(policy) => &***policy,
            Self::Later(policy) => &**policy,
        }
    }
}
