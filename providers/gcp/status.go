package gcp

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// statusError is the part of an SDK error that may be shown: its code, and its
// reason if that has the form of a reason. The message is read here and dropped,
// because it can quote the body of another server's answer.
type statusError struct {
	code       codes.Code
	reason     string // the reason in google.rpc.ErrorInfo, such as IAM_PERMISSION_DENIED
	permission string // the missing permission that the service names; otherwise the permission of the call
	http       int    // the HTTP status of an answer that is not gRPC, or 0
	said       message
}

// message is a fact that only the text of an error has, and that decides the class.
type message int

const (
	nothing     message = iota
	noSecret            // the secret that was asked for is missing, or has no version
	noVersion           // the version that was asked for is missing
	noProject           // a project or location is missing
	keyDisabled         // the Cloud KMS key of the secret can't be used
	oversized           // made by gRPC itself: the answer is over the limit
	garbled             // made by gRPC itself: the answer can't be decoded
	tokenless           // made by tokens
	tlsRefused          // made by gRPC itself: the handshake failed
)

// Error shows only the reason from the answer.
func (e *statusError) Error() string {
	text := "gRPC status " + e.code.String()
	if e.reason != "" {
		text += ", reason " + e.reason
	}
	if e.http != 0 {
		text += ", HTTP status " + strconv.Itoa(e.http)
	}
	return text
}

// GRPCStatus lets status.FromError and status.Code find the code.
func (e *statusError) GRPCStatus() *status.Status { return status.New(e.code, "") }

// native replaces an error of the SDK by an error that is safe to show. Errors of
// this package and of contexts stay as they are. what describes the call.
func native(err error, what request) error {
	if err == nil || isOwn(err) {
		return err
	}
	s, ok := status.FromError(err)
	if !ok {
		return &statusError{code: codes.Unknown}
	}
	e := &statusError{code: s.Code(), permission: what.permission, http: httpStatus(s), said: read(s, what)}
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			e.reason = wellFormed(info.GetReason(), `^[A-Z][A-Z0-9_]{1,62}$`)
			if named := wellFormed(info.GetMetadata()["permission"], `^[a-z]{3,40}\.[a-zA-Z]{3,40}\.[a-zA-Z]{2,40}$`); named != "" {
				e.permission = named
			}
		}
	}
	return e
}

// isOwn reports whether err itself is an error of this package or of a context.
// An error that only wraps one has a text of its own, which may quote something.
func isOwn(err error) bool {
	if _, ok := err.(*problem); ok { //nolint:errorlint // see above
		return true
	}
	return err == context.Canceled || err == context.DeadlineExceeded //nolint:errorlint // see above
}

// httpStatus is the HTTP status of a proxy or another server. Only the message
// holds it.
func httpStatus(s *status.Status) int {
	var n int
	const before = "unexpected HTTP status code received from server: "
	if _, after, ok := strings.Cut(s.Message(), before); ok {
		_, _ = fmt.Sscanf(after, "%3d", &n)
	}
	return n
}

// read looks for the few texts that decide between two meanings of a code.
func read(s *status.Status, what request) message {
	if s.Code() == codes.NotFound {
		return missing(s.Message(), what)
	}
	text := strings.ToLower(s.Message())
	has := func(some ...string) bool {
		return slices.ContainsFunc(some, func(one string) bool { return strings.Contains(text, one) })
	}
	for _, m := range []struct {
		code codes.Code
		said bool
		message
	}{
		{codes.FailedPrecondition, has("kms", "cryptokey"), keyDisabled},
		{codes.ResourceExhausted, strings.HasPrefix(text, "grpc: received message"), oversized},
		{codes.Internal, has("failed to unmarshal", "cardinality violation", "decompress"), garbled},
		{codes.Unavailable, has("authentication handshake failed"), tlsRefused},
		{codes.Unavailable, text == noToken, tokenless},
	} {
		if m.code == s.Code() && m.said {
			return m.message
		}
	}
	return nothing
}

func wellFormed(text, form string) string {
	if ok, err := regexp.MatchString(form, text); err != nil || !ok {
		return ""
	}
	return text
}

func codeOf(err error) codes.Code {
	var s *statusError
	if errors.As(err, &s) {
		return s.code
	}
	return codes.OK
}

// timedOut reports whether a call ended with its deadline.
func timedOut(err error) bool {
	return codeOf(err) == codes.DeadlineExceeded || errors.Is(err, context.DeadlineExceeded)
}

// unanswered reports whether a call ended without an answer of the server.
func unanswered(err error) bool {
	switch codeOf(err) {
	case codes.DeadlineExceeded, codes.Canceled, codes.Unavailable:
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}
