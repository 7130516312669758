package azure

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
)

// maxError bounds how much of the body of an error is read.
const maxError = 64 << 10

// answerError is an answer that is neither 200 nor 401.
type answerError struct {
	status    int
	code      string // Key Vault's code; empty if it is unknown
	inner     string // its inner code; empty if it is unknown
	requestID string
	need      permission // the permission that the call needs
}

// Error shows only the status, known codes and the request's id.
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

// newAnswerError reads and closes the body.
func newAnswerError(response *http.Response) *answerError {
	defer response.Body.Close() //nolint:errcheck // it was read as far as it is needed
	e := &answerError{status: response.StatusCode}
	if id := response.Header.Get("x-ms-request-id"); uuid(id) {
		e.requestID = id
	}
	// The page of a proxy may hold anything, even a copy of a vault's answer.
	if kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type")); err == nil && strings.Contains(kind, "html") {
		return e
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxError))
	if err != nil {
		return e // the status is enough
	}
	var said struct {
		Error struct {
			Code  string `json:"code"`
			Inner struct {
				Code string `json:"code"`
			} `json:"innererror"` // innerError in some answers; encoding/json takes both
		} `json:"error"`
	}
	if json.Unmarshal(body, &said) == nil {
		e.code, e.inner = known(said.Error.Code), known(said.Error.Inner.Code)
	}
	return e
}

// known returns code if Key Vault has such a code. Any other text may quote
// something secret and is dropped.
func known(code string) string {
	for _, k := range []string{
		"SecretNotFound", "Forbidden", "SecretDisabled", "ForbiddenByRbac", "ForbiddenByPolicy", "AccessDenied",
		"ForbiddenByFirewall", "ForbiddenByConnection", "Unauthorized", "Throttled", "BadParameter", "Conflict",
		"ObjectIsBeingDeleted", "ObjectIsBeingRecovered", "ObjectIsDeletedButRecoverable", "NotSupported",
	} {
		if strings.EqualFold(k, code) {
			return k
		}
	}
	return ""
}

// absent reports whether the vault itself says that the secret does not exist. A 404
// in another form comes from a proxy, a gateway or another service. A 404 for the
// list of all secrets says nothing about one secret.
func (e *answerError) absent() bool {
	return e.status == http.StatusNotFound && e.code == "SecretNotFound" && e.need != toList
}

func (e *answerError) class() (class error, hint string) {
	switch e.status {
	case http.StatusNotFound:
		if e.absent() {
			return secretmux.ErrNotFound, ""
		}
		return secretmux.ErrInvalid, "this 404 does not come from Key Vault; " + notAVault
	case http.StatusUnauthorized:
		return secretmux.ErrUnauthenticated, "check that the identity belongs to the vault's tenant and cloud: the vault refuses the token"
	case http.StatusForbidden:
		return e.forbidden()
	case http.StatusConflict:
		if e.inner == "ObjectIsBeingDeleted" || e.inner == "ObjectIsDeletedButRecoverable" {
			return secretmux.ErrDisabled, recoverIt
		}
		return secretmux.ErrUnavailable, "the secret is being changed"
	case http.StatusTooManyRequests:
		return secretmux.ErrThrottled, "raise ttl=: a vault serves only 4,000 reads in 10 seconds"
	case http.StatusRequestTimeout, http.StatusProxyAuthRequired:
		return secretmux.ErrUnavailable, ""
	}
	switch {
	case e.status >= http.StatusInternalServerError:
		return secretmux.ErrUnavailable, ""
	case e.status >= http.StatusBadRequest:
		return secretmux.ErrInvalid, "the vault refuses the request; add api_version= for an older cloud"
	case e.status >= http.StatusMultipleChoices:
		return secretmux.ErrUnavailable, "a vault never redirects; " + notAVault
	}
	return secretmux.ErrCorrupt, "this is not an answer of Key Vault; " + notAVault
}

func (e *answerError) forbidden() (class error, hint string) {
	switch e.inner {
	case "SecretDisabled":
		return secretmux.ErrDisabled, "enable the version, or set a new one"
	case "ForbiddenByFirewall", "ForbiddenByConnection":
		return secretmux.ErrDenied, "allow this address in the vault's network rules, which refuse it, or use the private endpoint"
	case "ForbiddenByRbac":
		return secretmux.ErrDenied, e.need.byRole()
	case "AccessDenied", "ForbiddenByPolicy":
		return secretmux.ErrDenied, e.need.byPolicy()
	}
	return secretmux.ErrDenied, e.need.byRole() + "; or, with access policies: " + e.need.byPolicy()
}

// permission is the permission that a call needs.
type permission int

const (
	toGet permission = iota
	toGetDeleted
	toListVersions
	toList
)

func (p permission) byRole() string {
	action := "readMetadata"
	if p == toGet {
		action = "getSecret"
	}
	return "the identity lacks Microsoft.KeyVault/vaults/secrets/" + action + "/action; give it the role Key Vault Secrets User"
}

func (p permission) byPolicy() string {
	if p == toList || p == toListVersions {
		return "the vault's access policy lacks the secret permission List (secrets/list) for the identity"
	}
	return "the vault's access policy lacks the secret permission Get (secrets/get) for the identity"
}
