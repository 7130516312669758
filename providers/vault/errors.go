package vault

import (
	"errors"
	"net/http"
	"strconv"
)

// The failures that are not told by a status. Their texts hold nothing that the
// server sent.
var (
	errAbsent      = errors.New("the server has no such secret")
	errDeleted     = errors.New("this version is deleted")
	errDestroyed   = errors.New("this version is destroyed")
	errNull        = errors.New("this version holds null")
	errNoMount     = errors.New("the server has nothing at this path")
	errWantsV1     = errors.New("the mount is KV version 1")
	errWantsV2     = errors.New("the mount is KV version 2")
	errNoKV        = errors.New("the mount is not a KV engine")
	errNoEngine    = errors.New("the mount is not an engine that makes credentials")
	errHidden      = errors.New("the server does not show this mount to the token")
	errUnproven    = errors.New("the server does not say what kind of mount this is")
	errNoField     = errors.New("the secret does not have the field that field= names")
	errVersionID   = errors.New("the version is not a number from 1")
	errEmpty       = errors.New("the answer is empty")
	errMalformed   = errors.New("the answer does not have the form of Vault's API")
	errWrapped     = errors.New("the answer is wrapped")
	errTooLarge    = errors.New("the answer is too large")
	errLost        = errors.New("the connection was lost")
	errCertificate = errors.New("the server's certificate can't be trusted")
	errPlainServer = errors.New("the server speaks plain HTTP")
	errUnknown     = errors.New("the server does not know the token")
	errNoToken     = errors.New("the server wants a token")
	errMFA         = errors.New("the login wants a second factor")
	errNoVersions  = errors.New("the engine keeps no versions")
	errNoList      = errors.New("a dynamic engine has no list")
	errNoMetadata  = errors.New("the engine keeps no metadata of its secrets")
	errNoVersion   = errors.New("the secret has metadata and no version yet")
	errClosed      = errors.New("the provider is closed")
)

// statusError is an answer that refuses the request.
type statusError struct {
	status int
	// needs is the capability and the path that a policy would have to allow.
	needs string
	// login says what to check if this answers a login; otherwise it is empty.
	login string
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

// fileError is a TLS file that can't be used. It names the parameter and not the
// path, because a credential may have been written there by mistake.
type fileError struct {
	param string
	cause error
}

func (e *fileError) Error() string { return "the file of " + e.param + "= " + e.cause.Error() }
func (e *fileError) Unwrap() error { return e.cause }
