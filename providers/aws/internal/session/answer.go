package session

// Answer is what is kept of an error that AWS, or something in its place, answered
// with: never its message, which can quote the request, session token included.
type Answer struct {
	// Operation is the call that failed, such as GetSecretValue.
	Operation string
	// Code is the service's own, such as ResourceNotFoundException, where it reads
	// like one: what an answer has in that place may be anything.
	Code string
	// Status is the HTTP status, zero for one secret of a batch.
	Status int
	// RequestID is what AWS support asks for. It may be empty.
	RequestID string
}
