package vault

import (
	"context"
	"errors"
	"net/http"

	"github.com/secretmux/secretmux"
)

// fail makes the one error type of every failure here.
func (p *Provider) fail(op, name string, err error) error {
	var done *secretmux.Error
	if errors.As(err, &done) {
		return err // a malformed name
	}
	class, hint := classify(err)
	if class == secretmux.ErrNotFound || class == secretmux.ErrDenied { //nolint:errorlint // classify returns the sentinels themselves
		hint = join(hint, p.opts.misplaced(name))
	}
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: err}
}

func join(hint, more string) string {
	if hint != "" && more != "" {
		return hint + "; " + more
	}
	return hint + more
}

// classify maps every failure of the server, the network and the set-up to its
// class and to what can be done about it. A context's end has no class: it is the
// caller's. What is not known is an outage: it is not an answer, and a class that
// lets a chain go on, or that evicts a value, wants an answer.
func classify(err error) (class error, hint string) {
	var (
		status     *statusError
		credential *credentialError
		file       *fileError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, ""
	case errors.As(err, &status):
		return status.classify()
	case errors.As(err, &credential):
		return secretmux.ErrUnauthenticated, credential.hint
	case errors.As(err, &file):
		return secretmux.ErrInvalid, "give PEM files that this process may read"
	}
	for _, row := range table() {
		if errors.Is(err, row.err) {
			return row.class, row.hint
		}
	}
	return secretmux.ErrUnavailable,
		"check that the server runs, and the host and port of the config string: without a port it is 443, and Vault's own is 8200"
}

func table() []struct {
	err, class error
	hint       string
} {
	const elsewhere = "what answers may not be a Vault: check the host and port of the config string"
	return []struct {
		err, class error
		hint       string
	}{
		{errAbsent, secretmux.ErrNotFound, ""},
		{errDeleted, secretmux.ErrDisabled, "undelete the version, or write a new one"},
		{errDestroyed, secretmux.ErrDisabled, "write a new version"},
		{errNull, secretmux.ErrInvalid, `write an object, such as {"value":"..."}`},
		{errNoMount, secretmux.ErrInvalid, "check the mount and the namespace; a mount of several segments needs mount=; leave out the v1/ and data/ of the API"},
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
		{errNoToken, secretmux.ErrUnauthenticated, "auth=none is for a Vault Agent or Proxy that adds its own token: turn on use_auto_auth_token there, or choose another auth="},
		{errMFA, secretmux.ErrUnauthenticated, "use a login method for machines"},
		{errNoVersions, errors.ErrUnsupported, ""},
		{errNoList, errors.ErrUnsupported, ""},
		{errNoMetadata, errors.ErrUnsupported, ""},
		{errNoVersion, secretmux.ErrDisabled, "write a version"},
		{errClosed, secretmux.ErrClosed, ""},
	}
}

func (e *statusError) classify() (class error, hint string) {
	switch e.status {
	case http.StatusUnauthorized: // Vault itself never says this
		return secretmux.ErrUnauthenticated, "something before the server refuses the request"
	case http.StatusForbidden: // the token is known to be good, or was replaced
		if e.login != "" {
			return secretmux.ErrUnauthenticated, e.login
		}
		return secretmux.ErrDenied, "the token's policy lacks " + e.needs
	case http.StatusTooManyRequests:
		return secretmux.ErrThrottled, "a rate limit quota of the server is used up"
	case http.StatusTemporaryRedirect: // by which a standby names the active node
		return secretmux.ErrUnavailable, "redirects are refused, as the token would go along: this is a standby; address the active node or a load balancer"
	case http.StatusPreconditionFailed, 472, 473: // a replica that lags, and two kinds of standby
		return secretmux.ErrUnavailable, "this node can't answer now; address the active node or a load balancer"
	case http.StatusNotFound: // of anything but a secret
		return secretmux.ErrInvalid, "the server has nothing at " + e.needs + "; check auth_mount= and the namespace"
	case http.StatusNotImplemented:
		return secretmux.ErrUnavailable, "the server is not initialized"
	case http.StatusServiceUnavailable:
		return secretmux.ErrUnavailable, "the server is sealed or in maintenance"
	}
	switch {
	case e.status >= http.StatusInternalServerError:
		return secretmux.ErrUnavailable, "see the server's log"
	// Vault answers a wrong role id, secret id, password or JWT with 400.
	case e.status == http.StatusBadRequest && e.login != "":
		return secretmux.ErrUnauthenticated, e.login
	case e.status >= http.StatusBadRequest:
		return secretmux.ErrInvalid, "the server refuses the request: check the mount, the engine and the namespace, and that a dynamic engine has this role"
	case e.status >= http.StatusMultipleChoices:
		return secretmux.ErrInvalid, "redirects are refused, as the token would go along: give the host and port where the server itself answers"
	}
	return secretmux.ErrCorrupt, "what answers may not be a Vault: check the host and port of the config string"
}

// transient reports whether trying again later may help, so that what is still
// good is used until then.
func transient(class error) bool {
	return errors.Is(class, secretmux.ErrUnavailable) || errors.Is(class, secretmux.ErrThrottled)
}
