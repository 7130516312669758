package acme

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"syscall"

	"github.com/secretmux/secretmux"
)

// What can go wrong besides a status. None of the texts has a value or a piece of an
// answer.
var (
	errClosed      = errors.New("the provider was closed")
	errNoToken     = errors.New("the token can't be read")
	errVersionID   = errors.New("the version can't be one of Acme's")
	errMalformed   = errors.New("the answer is not one of Acme's")
	errChecksum    = errors.New("the value and its checksum differ")
	errTooLarge    = errors.New("the answer is too large")
	errCertificate = errors.New("the server's certificate is not to be trusted")
	errLost        = errors.New("the connection was lost")
)

// statusError is an answer other than 200. Of its body it has the code, if that is one
// that we know.
type statusError struct {
	status int
	code   string
}

func (e *statusError) Error() string {
	if e.code == "" {
		return "status " + strconv.Itoa(e.status)
	}
	return "status " + strconv.Itoa(e.status) + ", " + e.code
}

func statusOf(status int, body []byte) error {
	var answer struct{ Error string }
	_ = json.Unmarshal(body, &answer) // what is not JSON has no code
	if _, known := codes()[answer.Error]; !known {
		answer.Error = ""
	}
	return &statusError{status, answer.Error}
}

// codes are the statuses of the codes that Acme knows.
func codes() map[string]int {
	return map[string]int{
		"absent": http.StatusNotFound, "no_version": http.StatusNotFound,
		"deleted": http.StatusGone, "disabled": http.StatusGone,
		"denied": http.StatusForbidden, "unauthenticated": http.StatusUnauthorized,
		"throttled": http.StatusTooManyRequests, "unavailable": http.StatusServiceUnavailable,
	}
}

// errorOf is the error of one name of a batch, as if it had come by itself.
func errorOf(code string) error {
	status, known := codes()[code]
	if !known {
		return errMalformed
	}
	return &statusError{status, code}
}

// networkError keeps of a failed call what can be shown: net/http puts URLs and pieces
// of answers into its errors.
func networkError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err() // net/http returns the cause of the end, which may be anything
	}
	var (
		certificate *tls.CertificateVerificationError
		dns         *net.DNSError
		errno       syscall.Errno
	)
	switch {
	case errors.Is(err, errTooLarge):
		return errTooLarge
	case errors.As(err, &certificate):
		return errCertificate
	case errors.As(err, &dns):
		return &net.DNSError{Err: dns.Err, Name: dns.Name, IsNotFound: dns.IsNotFound, IsTimeout: dns.IsTimeout}
	case errors.As(err, &errno):
		return errno
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded // a dialer may see the deadline before the context does
	}
	return errLost
}

// fail makes the one error type of every failure here, and nothing of a nil error.
func (p *Provider) fail(op, name string, err error) error {
	var done *secretmux.Error
	if err == nil || errors.As(err, &done) { // done: a malformed name
		return err
	}
	class, hint := classify(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.address, Class: class, Hint: hint, Err: err}
}

// classify maps every failure to its class and to what can be done about it. The end of
// a context has no class: it is the caller's. What is not known is an outage.
func classify(err error) (class error, hint string) {
	var status *statusError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, ""
	case errors.As(err, &status):
		return status.classify()
	case errors.Is(err, errClosed):
		return secretmux.ErrClosed, ""
	case errors.Is(err, errNoToken):
		return secretmux.ErrUnauthenticated, "name a file in token_file= that this process may read and that holds the token"
	case errors.Is(err, errVersionID):
		return secretmux.ErrInvalid, "versions are numbers from 1, current and previous"
	case errors.Is(err, errMalformed), errors.Is(err, errChecksum):
		return secretmux.ErrCorrupt, "the answer may come from a proxy: check the host"
	case errors.Is(err, errTooLarge):
		return secretmux.ErrTooLarge, "the limit is 1 MiB"
	case errors.Is(err, errCertificate):
		return secretmux.ErrInvalid, "name the server by a host of its certificate"
	}
	return secretmux.ErrUnavailable, "check the host, and that the server runs"
}

// classify says "not found" for Acme's own word for it and for nothing else: the 404 of
// a proxy or of a wrong path proves no absence.
func (e *statusError) classify() (class error, hint string) {
	switch {
	case e.code == "absent", e.code == "no_version":
		return secretmux.ErrNotFound, ""
	case e.code == "deleted", e.code == "disabled":
		return secretmux.ErrDisabled, "restore the secret, or write a new version"
	case e.status == http.StatusUnauthorized:
		return secretmux.ErrUnauthenticated, "the token has ended or is another server's"
	case e.status == http.StatusForbidden:
		return secretmux.ErrDenied, "the token's role lacks the permission secrets.read"
	case e.status == http.StatusTooManyRequests:
		return secretmux.ErrThrottled, ""
	case e.status >= http.StatusInternalServerError:
		return secretmux.ErrUnavailable, "see the server's log"
	case e.status >= http.StatusMultipleChoices && e.status < http.StatusBadRequest:
		return secretmux.ErrInvalid, "redirects are refused, as the token would go along: name the host that answers itself"
	case e.status >= http.StatusBadRequest:
		return secretmux.ErrInvalid, "the API of Acme is not there: check the host"
	}
	return secretmux.ErrCorrupt, "the answer may come from a proxy: check the host"
}
