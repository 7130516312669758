package vault

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
)

// networkError keeps only what may be shown of a failed call: the errors of net/http hold hosts
// and pieces of answers. They quote a malformed answer, and with it a value.
func networkError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err() // net/http returns the context's cause, which can be any error
	}
	var (
		file      *fileError
		dns       *net.DNSError
		errno     syscall.Errno
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		expired   x509.CertificateInvalidError
		record    tls.RecordHeaderError // the answer was not TLS
	)
	// The order matters. A failed handshake is wrapped in errors of the network, so
	// the certificate is looked for before the errno. A DNS error is copied without
	// the address of the name server.
	switch {
	case errors.Is(err, errTooLarge):
		return errTooLarge
	case errors.As(err, &file):
		return file
	case errors.As(err, &authority), errors.As(err, &host), errors.As(err, &expired):
		return errCertificate
	case errors.As(err, &record):
		return errPlainServer
	case errors.As(err, &dns):
		return &net.DNSError{Err: dns.Err, Name: dns.Name, IsNotFound: dns.IsNotFound, IsTimeout: dns.IsTimeout, IsTemporary: dns.IsTemporary}
	case errors.As(err, &errno):
		return errno
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded // a dialer may see the deadline before the context does
	case errors.Is(err, io.ErrUnexpectedEOF):
		return io.ErrUnexpectedEOF
	}
	return errLost
}
