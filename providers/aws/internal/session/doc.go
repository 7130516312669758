// Package session has the parts that the two services of package aws share below
// their protocol: an SDK client that is made at its first use ([Session]), what a
// failed call means ([CallError]), and the rules for regions, endpoints and ARNs.
//
// # What the SDK may not do
//
// The SDK makes one attempt a call, because the store above decides about retries.
// The SDK's own retries share a budget between all goroutines of a client, so an
// outage of one secret would make calls for other secrets fail without being sent. It
// logs nothing. It follows no redirect, because another host is not AWS. It sends
// plain text only on this machine and to metadata services. Answers are read
// completely before they are parsed. An answer that is larger than any answer of the
// service is refused.
//
// # Which part of an error is kept
//
// The SDK's errors hold the service's message. The message about a wrong signature
// quotes the request with its session token, and the message of a proxy can quote
// anything. [Answer] keeps the code, the HTTP status and the request id instead.
package session
