package azure

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/secretmux/secretmux"
)

// fail makes the one error type of every failure here.
func (p *Provider) fail(op, name string, need permission, err error) error {
	var ready *secretmux.Error
	if errors.As(err, &ready) {
		return ready
	}
	class, hint := classify(err, need)
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: safe(err)}
}

// classify maps an error of the SDK, or one of ours, to a class. A nil class is
// for the error of the caller's context.
func classify(err error, need permission) (class error, hint string) {
	var (
		unsure    *unsureError
		answer    *answerError
		network   *networkError
		refused   *loginError
		malformed *malformedError
		response  *azcore.ResponseError
	)
	switch {
	case isContextError(err):
		return nil, ""
	case errors.As(err, &unsure):
		return classifyUnsure(unsure.cause)
	case errors.As(err, &answer):
		return classifyStatus(answer, need)
	case errors.As(err, &refused):
		return refused.class, refused.hint
	case errors.As(err, &response):
		return classifyStatus(&answerError{status: response.StatusCode}, need)
	case errors.As(err, &network):
		return secretmux.ErrUnavailable, network.hint()
	case errors.As(err, &malformed), errors.Is(err, errPanicked):
		return secretmux.ErrCorrupt, "check that the host is a vault, and what stands in between"
	case nonRetriable(err):
		return secretmux.ErrInvalid, "the host asks for a token of another domain than its own; " +
			"give the vault's own host, as in my-vault.vault.azure.net"
	}
	return classifyOwn(err)
}

// classifyOwn is for the errors that this package finds by itself.
func classifyOwn(err error) (class error, hint string) {
	switch {
	case errors.Is(err, errDeleted):
		return secretmux.ErrDisabled, "recover it, or purge it to make it absent"
	case errors.Is(err, errPreviousDisabled):
		return secretmux.ErrDisabled, "enable the version before"
	case errors.Is(err, errNoPrevious):
		return secretmux.ErrNotFound, ""
	case errors.Is(err, errTooLarge):
		return secretmux.ErrTooLarge, "Key Vault's values have at most 25 KB; check that the host is a vault"
	case errors.Is(err, errForeignHost):
		return secretmux.ErrInvalid, "check that the host is a vault, and what stands in between"
	case errors.Is(err, errClosed):
		return secretmux.ErrClosed, ""
	}
	return secretmux.ErrCorrupt, "the answer is not Key Vault's; check that the host is a vault, and what stands in between"
}

// classifyUnsure points to the way around a vault that never says what is deleted.
func classifyUnsure(cause error) (class error, hint string) {
	class, hint = classify(cause, toGetDeleted)
	if errors.Is(class, secretmux.ErrDenied) || errors.Is(class, secretmux.ErrInvalid) {
		hint += "; or set deleted=absent"
	}
	return class, hint
}

func classifyStatus(e *answerError, need permission) (class error, hint string) {
	switch e.status {
	case http.StatusNotFound:
		if absent(e) {
			return secretmux.ErrNotFound, ""
		}
		return secretmux.ErrInvalid, "this 404 is not Key Vault's; check that the host is a vault"
	case http.StatusUnauthorized:
		return secretmux.ErrUnauthenticated, "the vault refuses the token; check that the identity is of the vault's tenant and cloud"
	case http.StatusForbidden:
		return classifyForbidden(e.inner, need)
	case http.StatusConflict:
		if e.inner == "ObjectIsBeingDeleted" || e.inner == "ObjectIsDeletedButRecoverable" {
			return secretmux.ErrDisabled, "recover it, or purge it to make it absent"
		}
		return secretmux.ErrUnavailable, "the secret is being changed"
	case http.StatusTooManyRequests:
		return secretmux.ErrThrottled, "a vault serves 4,000 reads in 10 seconds; raise ttl="
	case http.StatusRequestTimeout, http.StatusProxyAuthRequired:
		return secretmux.ErrUnavailable, ""
	}
	switch {
	case e.status >= http.StatusInternalServerError:
		return secretmux.ErrUnavailable, ""
	case e.status >= http.StatusBadRequest:
		return secretmux.ErrInvalid, "the vault refuses the request; an older cloud may need api_version="
	case e.status >= http.StatusMultipleChoices:
		return secretmux.ErrUnavailable, "no vault redirects; check the host, and what stands in between"
	}
	return secretmux.ErrCorrupt, "the answer is not Key Vault's; check that the host is a vault"
}

func classifyForbidden(inner string, need permission) (class error, hint string) {
	switch inner {
	case "SecretDisabled":
		return secretmux.ErrDisabled, "enable the version, or set a new one"
	case "ForbiddenByFirewall", "ForbiddenByConnection":
		return secretmux.ErrDenied, "the vault's network rules refuse this address; allow it, or use the private endpoint"
	case "ForbiddenByRbac":
		return secretmux.ErrDenied, need.byRole()
	case "AccessDenied", "ForbiddenByPolicy":
		return secretmux.ErrDenied, need.byPolicy()
	}
	return secretmux.ErrDenied, need.byRole() + "; or, with access policies: " + need.byPolicy()
}

// permission is what a call needs.
type permission int

const (
	toGet permission = iota
	toGetDeleted
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
	if p == toList {
		return "the vault's access policy lacks the secret permission List (secrets/list) for the identity"
	}
	return "the vault's access policy lacks the secret permission Get (secrets/get) for the identity"
}

func (e *networkError) hint() string {
	var dns *net.DNSError
	switch {
	case errors.As(e.cause, &dns) && dns.IsNotFound:
		return "no such host: check the vault's name; a vault that does not exist has no address"
	case errors.Is(e.cause, errCertificate):
		return "check what stands between this machine and the vault, and its certificates"
	}
	return "check the network, and that the vault's firewall lets this machine in"
}

// isContextError reports whether err is what do returns for a context that ended.
// A time limit of the network's own says that it is one as well, further down.
func isContextError(err error) bool {
	return err == context.Canceled || err == context.DeadlineExceeded //nolint:errorlint // the sentinels themselves
}

// nonRetriable finds what the SDK says of a challenge that it does not accept.
func nonRetriable(err error) bool {
	var marked interface {
		error
		NonRetriable()
	}
	return errors.As(err, &marked)
}
