package vault

import (
	"context"
	"errors"
	"net/http"

	"github.com/secretmux/secretmux"
)

// fail makes the one error type that all failures of this package have. Every
// exported method passes its error through here exactly once, so a class is decided
// in one place.
func (p *Provider) fail(op, name string, err error) error {
	var done *secretmux.Error
	if errors.As(err, &done) {
		return err // the name is malformed, and the error has its class and its hint already
	}
	class, hint := classify(err)
	// A name that was copied from the API causes only these two classes: the server has no such
	// path, or no policy allows it. With any other class the hint would mislead.
	if class == secretmux.ErrNotFound || class == secretmux.ErrDenied { //nolint:errorlint // classify returns the sentinels themselves
		hint = join(hint, p.opts.misplaced(name))
	}
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: err}
}

// join makes one hint of a hint about the class and a hint about the name.
func join(hint, more string) string {
	if hint != "" && more != "" {
		return hint + "; " + more
	}
	return hint + more
}

// classify maps every failure of the server, the network and the set-up to its
// class and a hint. The end of a context has no class: it belongs to the caller.
//
// An unknown failure is ErrUnavailable. ErrNotFound would let a chain go on, and
// ErrDenied would evict a good value; both need an answer of the server.
//
// The end of a context may be wrapped in any of the other errors, so it is looked for first.
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
	// The table is a slice and not a map: errors.Is also finds wrapped errors, which a map
	// lookup would miss.
	for _, row := range table() {
		if errors.Is(err, row.err) {
			return row.class, row.hint
		}
	}
	return secretmux.ErrUnavailable,
		"check that the server runs, and the host and port of the config string: the default port is 443, and Vault usually listens on 8200"
}

// table is the part of classify that needs no look into the error. The hint of a
// row says what to write or to change: the person who reads it has the config
// string at hand, and not this code.
func table() []struct {
	err, class error
	hint       string
} {
	const elsewhere = "the server may not be a Vault: check the host and port of the config string"
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
		{errUnproven, secretmux.ErrInvalid, "a missing secret can't be told from a wrong mount: let the gateway in front of the server pass /v1/sys/internal/ui/mounts/"},
		{errNoField, secretmux.ErrInvalid, "write the field, or leave out field= and read name#field"},
		{errVersionID, secretmux.ErrInvalid, "write a number from 1, or current, or previous"},
		{errEmpty, secretmux.ErrCorrupt, elsewhere},
		{errMalformed, secretmux.ErrCorrupt, elsewhere},
		{errWrapped, secretmux.ErrInvalid, "a proxy in front of the server asks for wrapped answers; turn that off"},
		{errTooLarge, secretmux.ErrTooLarge, "the limit is 1 MiB for a secret and 16 MiB for a list: divide the secret or the folder"},
		{errCertificate, secretmux.ErrInvalid, "write a host that the server's certificate names, and give its CA with ca_file="},
		{errPlainServer, secretmux.ErrInvalid, "turn on TLS on the server, or add http=true for a loopback host"},
		{errUnknown, secretmux.ErrUnauthenticated, "give a new token: this one has ended or was revoked, or its policy does not let it read auth/token/lookup-self"},
		{errNoToken, secretmux.ErrUnauthenticated, "auth=none is for a Vault Agent or Proxy that adds its own token: turn on use_auto_auth_token there, or choose another auth="},
		{errMFA, secretmux.ErrUnauthenticated, "use a login method for machines"},
		{errNoVersions, errors.ErrUnsupported, ""},
		{errNoList, errors.ErrUnsupported, ""},
		{errNoMetadata, errors.ErrUnsupported, ""},
		{errNoVersion, secretmux.ErrDisabled, "write a first version"},
		{errClosed, secretmux.ErrClosed, ""},
	}
}

// classify maps the status of a refusal. The meanings are those of
// https://developer.hashicorp.com/vault/api-docs#http-status-codes and, for nodes
// that are not active, of
// https://developer.hashicorp.com/vault/api-docs/system/health.
//
// The class decides what a store does. ErrUnavailable and ErrThrottled let it serve
// an old value for a while. ErrDenied and ErrUnauthenticated don't. So a refusal
// must not be called an outage because that is convenient.
func (e *statusError) classify() (class error, hint string) {
	switch e.status {
	case http.StatusUnauthorized: // Vault itself never answers 401, so a proxy did
		return secretmux.ErrUnauthenticated, "a proxy or gateway in front of the server refuses the request"
	case http.StatusForbidden: // the token is good: do has replaced bad ones
		if e.login != "" {
			return secretmux.ErrUnauthenticated, e.login
		}
		return secretmux.ErrDenied, "the token's policy lacks " + e.needs
	case http.StatusTooManyRequests:
		return secretmux.ErrThrottled, "a rate limit quota of the server is used up"
	case http.StatusTemporaryRedirect: // a standby without request forwarding names the active node this way; the next try may meet the active one
		return secretmux.ErrUnavailable, "this node is a standby and redirects to another; redirects are refused because they would take the token along: address the active node or a load balancer"
	case http.StatusPreconditionFailed, 472, 473: // a replica that is behind, and two kinds of standby
		return secretmux.ErrUnavailable, "this node can't answer now; address the active node or a load balancer"
	case http.StatusNotFound: // not about a secret: kv.go judges a 404 to a read, and asks for a proof
		return secretmux.ErrInvalid, "the server has nothing at " + e.needs + "; check auth_mount= and the namespace"
	case http.StatusNotImplemented:
		return secretmux.ErrUnavailable, "the server is not initialized"
	case http.StatusServiceUnavailable:
		return secretmux.ErrUnavailable, "the server is sealed or in maintenance"
	}
	switch {
	// The order matters: a 400 to a login is a wrong credential, and a 400 to
	// anything else is a wrong request.
	case e.status >= http.StatusInternalServerError:
		return secretmux.ErrUnavailable, "see the server's log"
	// Vault answers a wrong role id, secret id, password or JWT with 400.
	case e.status == http.StatusBadRequest && e.login != "":
		return secretmux.ErrUnauthenticated, e.login
	case e.status >= http.StatusBadRequest:
		return secretmux.ErrInvalid, "the server refuses the request: check the mount, the engine and the namespace, and that a dynamic engine has this role"
	case e.status >= http.StatusMultipleChoices:
		return secretmux.ErrInvalid, "redirects are refused because they would take the token along: write the host and port where the server itself answers"
	}
	return secretmux.ErrCorrupt, "the server may not be a Vault: check the host and port of the config string"
}

// transient reports whether a later try may succeed. Until then, a token or a lease
// that is still good is used. Every other class is a decision of the server, which
// an old lease must not outlive.
func transient(class error) bool {
	return errors.Is(class, secretmux.ErrUnavailable) || errors.Is(class, secretmux.ErrThrottled)
}
