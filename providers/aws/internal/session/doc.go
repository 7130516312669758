// Package session is what the two services of package aws share below their
// protocol: an SDK client that is made at its first use ([Session]), what a failed
// call means ([CallError]), and the rules for regions, endpoints and ARNs.
//
// # What the SDK is not left to do
//
// It makes one attempt a call: the store above owns retries, and the SDK's own
// share a budget between all goroutines of a client, so that an outage of one
// secret makes calls for others fail without being made. It logs nothing. It
// follows no redirect, because another host is not AWS. It sends plain text only
// on this machine and to metadata services. Answers are read whole before they
// are parsed, and are refused beyond a size that no answer of the service has.
//
// # What is kept of an error
//
// The SDK's errors hold the service's message. That of a wrong signature quotes
// the request with its session token, and a proxy's can quote anything. [Answer]
// keeps the code, the HTTP status and the request id instead.
package session
