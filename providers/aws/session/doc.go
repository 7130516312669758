// Package session is what the providers of AWS share: where and as whom a
// service is called ([Options]), an SDK client that is made at its first use
// ([Session]), and what a failed call means ([FailureOf]).
//
// # What the SDK is not left to do
//
// It makes one attempt a call: the store above owns retries, and the SDK's own
// share a budget between all goroutines of a client, so that an outage of one
// secret makes calls for others fail without being made. It logs nothing. It
// follows no redirect, as an answer from another host is not AWS's. Answers are
// read whole before they are parsed, and are refused beyond a size that no
// answer of the service has.
//
// # What is kept of an error
//
// The SDK's errors hold the service's message. That of a wrong signature quotes
// the request with its session token, and a proxy's can quote anything. [APIError]
// keeps the code, the HTTP status and the request id instead.
package session
