//! The rule for failed requests, of which only a deletion is committed.

/// The header with the outcome of a gRPC call.
pub(crate) const GRPC_STATUS: &str = "grpc-status";

/// Returns true if a response with this status and this value of [`GRPC_STATUS`] shows that its request failed.
pub(crate) fn is_failed_response(status: u16, grpc_status: Option<&[u8]>) -> bool {
    is_failed_status(status) || grpc_status.is_some_and(is_failed_grpc_status)
}

/// Returns true for 5xx and 408. A handler that timed out was stopped in the middle of its work.
fn is_failed_status(status: u16) -> bool {
    matches!(status, 408 | 500..600)
}

/// Returns true if a value of the `grpc-status` header stands for a 5xx or for 408.
fn is_failed_grpc_status(code: &[u8]) -> bool {
    matches!(code, b"1" | b"2" | b"4" | b"12" | b"13" | b"14" | b"15")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_errors_and_timeouts_are_failures() {
        let failures: Vec<u16> = (100..1000).filter(|&status| is_failed_response(status, None)).collect();
        let expected: Vec<u16> = std::iter::once(408).chain(500..600).collect();
        assert_eq!(failures, expected);
    }

    #[test]
    fn failed_grpc_calls_are_failures() {
        let is_failed = |code: &str| is_failed_response(200, Some(code.as_bytes()));
        let failures: Vec<u8> = (0..=20).filter(|code| is_failed(&code.to_string())).collect();
        assert_eq!(failures, [1, 2, 4, 12, 13, 14, 15]);
        assert!(!is_failed("") && !is_failed("internal"));
    }
}
