package azure

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
)

// networkError says that no whole answer came.
type networkError struct{ cause error }

func (e *networkError) Error() string { return "no answer from the vault: " + e.cause.Error() }
func (e *networkError) Unwrap() error { return e.cause }

// safeCause drops what is around the cause of a failed exchange: a *url.Error
// quotes the URL, and net/http quotes what it can't parse.
func safeCause(err error) error {
	var (
		certificate *tls.CertificateVerificationError
		dns         *net.DNSError
		operation   *net.OpError
	)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errNoAnswer // or it would pass for the caller's deadline
	case errors.As(err, &certificate):
		return errCertificate
	case errors.As(err, &dns):
		return dns
	case errors.As(err, &operation) && operation.Op != "proxyconnect": // whose cause quotes the proxy
		return operation
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return io.ErrUnexpectedEOF
	}
	return errExchange
}

var (
	errNoAnswer    = errors.New("a time limit of the connection passed")
	errCertificate = errors.New("the server's certificate is not trusted")
	errExchange    = errors.New("the HTTP exchange failed")
)

// Error names no more than status, known codes and the request's id.
func (e *answerError) Error() string {
	text := "the vault answered with status " + strconv.Itoa(e.status)
	if e.code != "" {
		text += " " + e.code
	}
	if e.inner != "" {
		text += " (" + e.inner + ")"
	}
	if e.requestID != "" {
		text += ", request " + e.requestID
	}
	return text
}
