package vault

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"syscall"
)

// The failures that are no status of their own. None of their texts holds
// anything that the server sent.
var (
	errAbsent      = errors.New("the server has no such secret")
	errDeleted     = errors.New("this version is deleted")
	errDestroyed   = errors.New("this version is destroyed")
	errNoMount     = errors.New("the server has nothing at this path")
	errWantsV1     = errors.New("the mount is KV version 1")
	errWantsV2     = errors.New("the mount is KV version 2")
	errNoKV        = errors.New("the mount is not a KV engine")
	errNoEngine    = errors.New("the mount is not an engine that makes credentials")
	errHidden      = errors.New("the server does not show the token this mount")
	errUnproven    = errors.New("what answers does not say what kind of mount this is")
	errNoField     = errors.New("the secret does not have the field of field=, or it is no text")
	errVersionID   = errors.New("the version is no number from 1")
	errEmpty       = errors.New("the answer is empty")
	errMalformed   = errors.New("the answer is not what the API says")
	errWrapped     = errors.New("the answer is wrapped")
	errLost        = errors.New("the connection was lost")
	errCertificate = errors.New("the server's certificate can't be trusted")
	errPlainServer = errors.New("the server speaks plain HTTP")
	errTooLarge    = errors.New("the answer is too large")
	errUnknown     = errors.New("the server does not know the token")
	errMFA         = errors.New("the login wants a second factor")
	errNoVersions  = errors.New("the engine keeps no versions")
	errNoList      = errors.New("a dynamic engine has no list")
	errClosed      = errors.New("the provider is closed")
)

// statusError is an answer that says no.
type statusError struct {
	status int
	// needs is the capability and the path that a policy would have to allow.
	needs string
	login bool
}

func (e *statusError) Error() string { return "the server answered " + strconv.Itoa(e.status) }

func (a answer) refusal() error {
	capability := "read"
	switch {
	case a.request.query.Has("list"):
		capability = "list"
	case a.request.method == http.MethodPost:
		capability = "update"
	}
	return &statusError{status: a.status, needs: strconv.Quote(capability) + " on " + a.request.path, login: a.request.login}
}

// fileError is a file or variable that does not give what it should. It names the
// parameter, not the path.
type fileError struct {
	param string
	cause error
	class fileClass
}

type fileClass int

const (
	classCredential fileClass = iota
	classSetUp
)

func (e *fileError) Error() string { return "of " + e.param + ": " + e.cause.Error() }
func (e *fileError) Unwrap() error { return e.cause }

// networkError keeps of a failed call what can be shown: net/http puts hosts and
// pieces of answers into its errors.
func networkError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var (
		file    *fileError
		dns     *net.DNSError
		errno   syscall.Errno
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		record  tls.RecordHeaderError // what came was not TLS
	)
	switch {
	case errors.Is(err, errTooLarge):
		return errTooLarge
	case errors.As(err, &file):
		return file
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
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
