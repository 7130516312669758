package azure

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"

	"github.com/secretmux/secretmux"
)

// networkError says that no complete answer arrived.
type networkError struct{ cause error }

func (e *networkError) Error() string { return "no answer from the vault: " + e.cause.Error() }
func (e *networkError) Unwrap() error { return e.cause }

func (e *networkError) class() (class error, hint string) {
	var dns *net.DNSError
	switch {
	case errors.As(e.cause, &dns) && dns.IsNotFound:
		return secretmux.ErrUnavailable, "check the vault's name: the host has no address, and a vault that does not exist has none"
	case errors.Is(e.cause, errCertificate):
		return secretmux.ErrUnavailable, "check any proxy between this machine and the vault, and its certificates"
	}
	return secretmux.ErrUnavailable, "check the network, and that the vault's firewall lets this machine in"
}

// safeCause keeps only the cause of a failed exchange: a *url.Error quotes the
// URL, and net/http quotes text that it can't parse.
func safeCause(err error) error {
	var (
		certificate *tls.CertificateVerificationError
		dns         *net.DNSError
		operation   *net.OpError
	)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return errNoAnswer // otherwise it would look like the caller's deadline
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
