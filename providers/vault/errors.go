package vault

import (
	"errors"
	"net/http"
	"strconv"
)

// These are the failures that have no status of their own. Their texts hold nothing that the
// server sent. Each is one value, so that classify can give it a class and callers in this
// package can ask for it with errors.Is.
var (
	errAbsent    = errors.New("the server has no such secret")
	errDeleted   = errors.New("this version is deleted")
	errDestroyed = errors.New("this version is destroyed")
	// The API lets a client write null instead of an object. The version exists, so
	// it is not absent, but it has no value either.
	errNull     = errors.New("this version holds null")
	errNoMount  = errors.New("the server has nothing at this path")
	errWantsV1  = errors.New("the mount is KV version 1")
	errWantsV2  = errors.New("the mount is KV version 2")
	errNoKV     = errors.New("the mount is not a KV engine")
	errNoEngine = errors.New("the mount is not an engine that makes credentials")
	// A server answers 403 for a mount that does not exist and for one that the
	// token may not see. Neither proves that a secret is absent.
	errHidden = errors.New("the server does not show this mount to the token")
	// A gateway in front of the server answered the question about the mount by
	// itself.
	errUnproven  = errors.New("the server does not say what kind of mount this is")
	errNoField   = errors.New("the secret does not have the field that field= names")
	errVersionID = errors.New("the version is not a whole number from 1")
	errEmpty     = errors.New("the answer is empty")
	errMalformed = errors.New("the answer does not have the form of Vault's API")
	// The answer is a token for a later answer. Unwrapping it would need a second
	// call, which this client never asked for.
	errWrapped  = errors.New("the answer is wrapped")
	errTooLarge = errors.New("the answer is too large")
	// Every other failure of the network is this one. Its cause is dropped, because
	// it may quote hosts and pieces of an answer.
	errLost        = errors.New("the connection was lost")
	errCertificate = errors.New("the server's certificate can't be trusted")
	errPlainServer = errors.New("the server speaks plain HTTP")
	// Only lookup-self leads to this one: the refused call itself can't tell a bad
	// token from a policy.
	errUnknown    = errors.New("the server does not know the token")
	errNoToken    = errors.New("the server wants a token")
	errMFA        = errors.New("the login wants a second factor")
	errNoVersions = errors.New("the engine keeps no versions")
	errNoList     = errors.New("a dynamic engine has no list")
	errNoMetadata = errors.New("the engine keeps no metadata of its secrets")
	errNoVersion  = errors.New("the secret has metadata and no version yet")
	errClosed     = errors.New("the provider is closed")
)

// statusError is an answer that refuses the request. It has the status and nothing
// of the body: Vault's error texts quote paths, and the texts of proxies quote the
// whole request.
type statusError struct {
	status int
	// needs is the capability and the path that a policy would have to allow.
	needs string
	// login says what to check if this answers a login; otherwise it is empty.
	login string
}

func (e *statusError) Error() string { return "the server answered " + strconv.Itoa(e.status) }

// refusal is the error for a status that refuses. The capability follows the
// policies page: LIST needs "list", and every POST of this package needs "update"
// (https://developer.hashicorp.com/vault/docs/concepts/policies#capabilities). The
// path in the hint is the one that an operator writes into the policy.
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

// fileError is a TLS file that can't be used. It names the parameter and not the
// path, because a credential may have been written there by mistake.
type fileError struct {
	param string
	cause error
}

func (e *fileError) Error() string { return "the file of " + e.param + "= " + e.cause.Error() }
func (e *fileError) Unwrap() error { return e.cause }
