package faultscript

// Fault is one way in which a backend misbehaves. Its text names the subtest.
type Fault string

// Every backend plays these faults in its own protocol. [HTTP] does not know them.
const (
	// Absent: the secret does not exist, as 404.
	Absent Fault = "absent"
	// Deleted: the secret exists, but is deleted or pending deletion.
	Deleted Fault = "deleted"
	// Disabled: the secret, or its version, exists but is disabled or destroyed.
	Disabled Fault = "disabled"
	// Denied: the credentials are good, the permission is missing, as 403.
	Denied Fault = "denied"
	// Unauthenticated: the credentials are wrong or expired, as 401.
	Unauthenticated Fault = "unauthenticated"
	// WrongChecksum: the value does not match the checksum beside it.
	WrongChecksum Fault = "wrong checksum"
	// Backwards: the first read answers with a version, all later ones with the
	// version before it, as an eventually consistent store may.
	Backwards Fault = "version going backwards"
)

// These are faults of any server or network. [HTTP] plays the first group.
const (
	// Throttled: 429 with Retry-After: 3600. If the protocol has another form for it,
	// the backend plays that form.
	Throttled Fault = "429 with Retry-After 3600"
	// ServerError: 500 with a text that does not belong to the protocol.
	ServerError Fault = "500"
	// Unavailable: 503, with a text that does not belong to the protocol.
	Unavailable Fault = "503"
	// HTML: status 200 with a web page, like a proxy or a captive portal.
	HTML Fault = "HTML 200"
	// Empty: status 200 with no body.
	Empty Fault = "empty 200"
	// EmptyObject: status 200 with {}.
	EmptyObject Fault = "{}"
	// Truncated: the connection ends before the declared length of the body.
	Truncated Fault = "truncated body"
	// TooLarge: status 200 with 2 MiB that start like JSON. A backend plays its own
	// form of it if the provider could not notice the fault otherwise.
	TooLarge Fault = "2 MiB answer"
	// Redirect: 307 (302 for a request with a body) to another host, which records
	// the requests that it gets.
	Redirect Fault = "redirect to another host"
	// Hang: the connection is accepted and nothing is ever answered. The read is
	// made with context.Background().
	Hang Fault = "hang"
	// Cancel: as Hang, but the caller cancels while the call is under way.
	Cancel Fault = "cancel mid-flight"

	// RefusedConnection: no server listens. See [Refused].
	RefusedConnection Fault = "refused"
	// NXDomain: the host's name does not exist. See [NoHost].
	NXDomain Fault = "NXDOMAIN"
)
