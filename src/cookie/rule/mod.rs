//! The rules, one a file, each sentence of the law above the line that obeys it.

mod characters;
mod default_path;
mod domain;
mod domain_match;
mod escaped_path;
mod path_match;
mod port;
mod prefix;
mod reach;
mod secure;

pub(super) use characters::{no_blank_before_name, no_reserved_name, sendable, storable, trim};
pub(super) use default_path::default_path;
pub(super) use domain::{DomainRules, has_inner_dot, may_own, owns};
pub(super) use domain_match::{is_host_name, rfc2965_match, suffix_at_label};
pub(super) use escaped_path::{escaped, escaped_path};
pub(super) use path_match::{path_match, path_ok};
pub(super) use port::{may_name_ports, ports_match};
pub(super) use prefix::keeps_its_promise;
pub(super) use reach::reach;
pub(super) use secure::{is_secure_enough, leaves_secure_alone};
