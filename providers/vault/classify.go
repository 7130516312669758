package vault

import (
	"context"
	"errors"
	"net/http"

	"github.com/secretmux/secretmux"
)

// classify makes the one error type of every failure here.
func (p *Provider) classify(op, name string, err error) error {
	var done *secretmux.Error
	if errors.As(err, &done) {
		return err // a malformed name
	}
	class, hint := classOf(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: err}
}

func classOf(err error) (class error, hint string) {
	var (
		status *statusError
		file   *fileError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, ""
	case errors.As(err, &status):
		return status.classOf()
	case errors.As(err, &file):
		if file.class == classSetUp {
			return secretmux.ErrInvalid, "give PEM files that this process may read"
		}
		return secretmux.ErrUnauthenticated, "put the credential where the parameter says; see auth= in the package's documentation"
	}
	for _, row := range table() {
		if errors.Is(err, row.err) {
			return row.class, row.hint
		}
	}
	return secretmux.ErrUnavailable, "check that the server runs, and the host and port of the config string"
}

func table() []struct {
	err, class error
	hint       string
} {
	const elsewhere = "what answers is perhaps no Vault: check the host and port of the config string"
	return []struct {
		err, class error
		hint       string
	}{
		{errAbsent, secretmux.ErrNotFound, ""},
		{errDeleted, secretmux.ErrDisabled, "undelete the version, or write a new one"},
		{errDestroyed, secretmux.ErrDisabled, "write a new version"},
		{errNoMount, secretmux.ErrInvalid, "check the mount and the namespace; a mount of several segments needs mount="},
		{errWantsV1, secretmux.ErrInvalid, "add kv=1 to the link"},
		{errWantsV2, secretmux.ErrInvalid, "leave kv=1 out of the link"},
		{errNoKV, secretmux.ErrInvalid, "name the mount of a KV engine, or add engine=dynamic"},
		{errNoEngine, secretmux.ErrInvalid, "leave out engine=dynamic, or name the mount of an engine such as database"},
		{errHidden, secretmux.ErrDenied, "the mount is gone, or no policy of the token allows a path in it"},
		{errUnproven, secretmux.ErrInvalid, "absence can't be told from a wrong mount: let /v1/sys/internal/ui/mounts/ through the gateway before the server"},
		{errNoField, secretmux.ErrInvalid, "write the field, or leave out field= and read name#field"},
		{errVersionID, secretmux.ErrInvalid, "versions are numbers from 1, current and previous"},
		{errEmpty, secretmux.ErrCorrupt, elsewhere},
		{errMalformed, secretmux.ErrCorrupt, elsewhere},
		{errWrapped, secretmux.ErrInvalid, "something on the way asks for wrapped answers; turn that off"},
		{errTooLarge, secretmux.ErrTooLarge, "the limit is 1 MiB"},
		{errCertificate, secretmux.ErrInvalid, "name the server by a host of its certificate, and its CA with ca_file="},
		{errPlainServer, secretmux.ErrInvalid, "turn on TLS there, or add http=true for a loopback host"},
		{errUnknown, secretmux.ErrUnauthenticated, "the token has ended or was revoked, or its policy does not let it read auth/token/lookup-self"},
		{errMFA, secretmux.ErrUnauthenticated, "use a login method for machines"},
		{errNoVersions, errors.ErrUnsupported, ""},
		{errNoList, errors.ErrUnsupported, ""},
		{errClosed, secretmux.ErrClosed, ""},
	}
}

func (e *statusError) classOf() (class error, hint string) {
	switch e.status {
	case http.StatusUnauthorized:
		return secretmux.ErrUnauthenticated, "something before the server refuses the request"
	case http.StatusForbidden:
		if e.login {
			return secretmux.ErrUnauthenticated, "check the credential, the role and auth_mount="
		}
		return secretmux.ErrDenied, "the token's policy lacks " + e.needs
	case http.StatusTooManyRequests:
		return secretmux.ErrThrottled, "a rate limit quota of the server is used up"
	case http.StatusTemporaryRedirect:
		return secretmux.ErrUnavailable, "redirects are refused, as the token would go along: this is a standby; address the active node or a load balancer"
	case http.StatusPreconditionFailed, 472, 473:
		return secretmux.ErrUnavailable, "this node can't answer now; address the active node or a load balancer"
	case http.StatusNotFound:
		return secretmux.ErrInvalid, "the server has nothing at " + e.needs + "; check auth_mount= and the namespace"
	case http.StatusNotImplemented:
		return secretmux.ErrUnavailable, "the server is not initialized"
	case http.StatusServiceUnavailable:
		return secretmux.ErrUnavailable, "the server is sealed or in maintenance"
	}
	switch {
	case e.status >= http.StatusInternalServerError:
		return secretmux.ErrUnavailable, "see the server's log"
	case e.status >= http.StatusBadRequest:
		if e.login {
			return secretmux.ErrUnauthenticated, "check the credential, the role and auth_mount="
		}
		return secretmux.ErrInvalid, "the server does not understand the request; check the mount, the engine and the namespace"
	case e.status >= http.StatusMultipleChoices:
		return secretmux.ErrInvalid, "redirects are refused, as the token would go along: give the host and port where the server itself answers"
	}
	return secretmux.ErrCorrupt, "what answers is perhaps no Vault: check the host and port of the config string"
}

// transient reports whether trying again later may help, so that what is still
// good is used until then.
func transient(class error) bool {
	return errors.Is(class, secretmux.ErrUnavailable) || errors.Is(class, secretmux.ErrThrottled)
}
