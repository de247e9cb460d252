//! Which of two colours answers requests.
//!
//! Each colour is the full set of functions of one image. They are behind one HTTPRoute
//! of the Gateway API, so that which colour answers is the content of one object: a
//! [`switch`] is one JSON patch (RFC 6902) of it, and the way back is the same patch with
//! the other colour. Before it, [`require_ready`] looks at what would answer then.

mod colour;
mod patch;
mod readiness;
mod route;

pub use colour::{Colour, FUNCTIONS, Split, service};
pub use patch::{Operation, switch};
pub use readiness::{NotReady, Ready, require_ready};
pub use route::{Route, RouteError};
