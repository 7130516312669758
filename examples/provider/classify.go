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

// These are the failures without a status. Their texts have no value and no piece of an
// answer.
var (
	errClosed      = errors.New("the provider was closed")
	errNoToken     = errors.New("the token can't be read")
	errVersionID   = errors.New("the version does not have the form of Acme's versions")
	errMalformed   = errors.New("the answer does not have the form of Acme's API")
	errChecksum    = errors.New("the value and its checksum differ")
	errTooLarge    = errors.New("the answer is too large")
	errCertificate = errors.New("the server's certificate is not trusted")
	errLost        = errors.New("the connection was lost")
)

// statusError is an answer other than 200. It has the code in its body, if that is a
// known one.
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
	_ = json.Unmarshal(body, &answer) // a body that is not JSON has no code
	if _, known := codes()[answer.Error]; !known {
		answer.Error = ""
	}
	return &statusError{status, answer.Error}
}

// codes has the status of each code of Acme.
func codes() map[string]int {
	return map[string]int{
		"absent": http.StatusNotFound, "no_version": http.StatusNotFound,
		"deleted": http.StatusGone, "disabled": http.StatusGone,
		"denied": http.StatusForbidden, "unauthenticated": http.StatusUnauthorized,
		"throttled": http.StatusTooManyRequests, "unavailable": http.StatusServiceUnavailable,
	}
}

// errorOf is the error of one name in a batch. It is the same error as for a single read.
func errorOf(code string) error {
	status, known := codes()[code]
	if !known {
		return errMalformed
	}
	return &statusError{status, code}
}

// networkError keeps the part of a failed call's error that may be shown, because
// net/http puts URLs and pieces of answers into its errors.
func networkError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err() // net/http returns the cause of the end, which may be any error
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

// fail makes the one error type of every failure here. It returns nil for a nil error.
func (p *Provider) fail(op, name string, err error) error {
	var done *secretmux.Error
	if err == nil || errors.As(err, &done) { // it is complete: a malformed name
		return err
	}
	class, hint := classify(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.address, Class: class, Hint: hint, Err: err}
}

// classify maps every failure to its class and a hint. The end of a context has no class,
// because it belongs to the caller. An unknown failure is an outage.
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
		return secretmux.ErrUnauthenticated, "write a file in token_file= that holds the token and that this process may read"
	case errors.Is(err, errVersionID):
		return secretmux.ErrInvalid, "write a number from 1, or current, or previous"
	case errors.Is(err, errMalformed), errors.Is(err, errChecksum):
		return secretmux.ErrCorrupt, "check the host: the answer may come from a proxy"
	case errors.Is(err, errTooLarge):
		return secretmux.ErrTooLarge, "make the secret smaller: the limit is 1 MiB"
	case errors.Is(err, errCertificate):
		return secretmux.ErrInvalid, "write a host that the server's certificate names"
	}
	return secretmux.ErrUnavailable, "check the host, and that the server runs"
}

// classify says "not found" only for Acme's own code for it, because the 404 of a proxy
// or of a wrong path does not prove absence.
func (e *statusError) classify() (class error, hint string) {
	switch {
	case e.code == "absent", e.code == "no_version":
		return secretmux.ErrNotFound, ""
	case e.code == "deleted", e.code == "disabled":
		return secretmux.ErrDisabled, "restore the secret, or write a new version"
	case e.status == http.StatusUnauthorized:
		return secretmux.ErrUnauthenticated, "give a new token: this one has ended, or belongs to another server"
	case e.status == http.StatusForbidden:
		return secretmux.ErrDenied, "give the token's role the permission secrets.read"
	case e.status == http.StatusTooManyRequests:
		return secretmux.ErrThrottled, ""
	case e.status >= http.StatusInternalServerError:
		return secretmux.ErrUnavailable, "see the server's log"
	case e.status >= http.StatusMultipleChoices && e.status < http.StatusBadRequest:
		return secretmux.ErrInvalid, "write the host that itself answers: redirects are refused, because they would take the token along"
	case e.status >= http.StatusBadRequest:
		return secretmux.ErrInvalid, "check the host: it does not have the API of Acme"
	}
	return secretmux.ErrCorrupt, "check the host: the answer may come from a proxy"
}
