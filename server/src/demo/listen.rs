//! The demo's own addresses, claimed before any slow work: a port in use is told at once, not after two minutes.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use super::error::DemoError;

/// Binds `addr` now and holds it. Port 0 takes a free one.
pub fn claim(flag: &'static str, addr: SocketAddr) -> Result<TcpListener, DemoError> {
    if !addr.ip().is_loopback() {
        return Err(DemoError::NotLoopback { flag, addr });
    }
    TcpListener::bind(addr).map_err(|reason| match reason.kind() {
        ErrorKind::AddrInUse => DemoError::PortInUse { flag, addr },
        _ => DemoError::CannotListen { flag, addr, reason },
    })
}

/// The address that a claim took.
pub fn address(flag: &'static str, wanted: SocketAddr, claim: &TcpListener) -> Result<SocketAddr, DemoError> {
    claim.local_addr().map_err(|reason| DemoError::CannotListen {
        flag,
        addr: wanted,
        reason,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_another_program_holds_is_refused_by_name() {
        let other = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = other.local_addr().unwrap();
        let error = claim("listen", addr).unwrap_err();
        assert_eq!((error.code(), error.exit_code()), ("port_in_use", 2));
        assert_eq!(
            error.to_string(),
            format!(
                "{addr} is in use already. Next: end the program that listens there, or pick another address with --listen."
            )
        );
    }

    #[test]
    fn an_address_that_others_could_reach_is_refused() {
        let error = claim("fleet-listen", "0.0.0.0:0".parse().unwrap()).unwrap_err();
        assert_eq!((error.code(), error.exit_code()), ("demo_not_loopback", 2));
    }
}
