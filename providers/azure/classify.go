package azure

import (
	"context"
	"errors"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/secretmux/secretmux"
)

// failure is an error of this package. It has a class and a hint. Its text, and
// the text of every error below it, can't hold a value, a token or a part of an
// answer.
type failure interface {
	error
	class() (class error, hint string)
}

// fail makes the one error type that all failures of this package have. err comes
// from do or from this package.
func (p *Provider) fail(op, name string, err error) error {
	class, hint := classify(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: err}
}

// classify maps an error to its class and its hint. The class is nil for the
// error of the caller's context.
func classify(err error) (class error, hint string) {
	var f failure
	if errors.As(err, &f) {
		return f.class()
	}
	return nil, ""
}

// native replaces an error of the SDK, whose errors quote bodies, URLs and
// challenges, by a failure of this package. The error of the caller's context stays
// as it is. need is the permission that the call needed.
func native(err error, need permission) error {
	var (
		answer   *answerError
		own      failure
		response *azcore.ResponseError
	)
	switch {
	case err == nil || isContextError(err):
		return err
	case errors.As(err, &answer):
		answer.need = need
		return answer
	case errors.As(err, &own):
		return own
	case errors.As(err, &response):
		return &answerError{status: response.StatusCode, need: need}
	case nonRetriable(err):
		return errChallenge
	}
	return errUnreadable
}

// isContextError reports whether err is the error that do returns for a context
// that ended. It does not look deeper: a time limit of the network wraps a
// context error too.
func isContextError(err error) bool {
	return err == context.Canceled || err == context.DeadlineExceeded //nolint:errorlint // the sentinels themselves
}

// nonRetriable finds the SDK's error for a challenge that it does not accept.
func nonRetriable(err error) bool {
	var marked interface {
		error
		NonRetriable()
	}
	return errors.As(err, &marked)
}

// problem is a failure with a text of its own.
type problem struct {
	text string
	of   error // the class
	hint string
}

func (p *problem) Error() string                     { return p.text }
func (p *problem) class() (class error, hint string) { return p.of, p.hint }

const (
	notAVault = "check that the host is a vault, and check any proxy in front of it"
	recoverIt = "recover the secret, or purge it to make it absent"
)

var (
	errClosed   = &problem{"the provider is closed", secretmux.ErrClosed, "close the store or the provider last"}
	errSettings = &problem{"the SDK refuses the settings of this package", secretmux.ErrInvalid, "report it"}
	errPanicked = &problem{"the SDK can't read the vault's challenge, or the credential panicked", secretmux.ErrCorrupt, notAVault}

	errDeleted          = &problem{"the secret is soft-deleted", secretmux.ErrDisabled, recoverIt}
	errNoPrevious       = &problem{"there is no version before the current one", secretmux.ErrNotFound, ""}
	errPreviousDisabled = &problem{"all versions before the current one are disabled", secretmux.ErrDisabled, "enable an older version"}

	errTooLarge    = &problem{"the answer is over 1 MiB", secretmux.ErrTooLarge, "a value in Key Vault has at most 25 KB; " + notAVault}
	errForeignHost = &problem{"the vault redirects to another host", secretmux.ErrInvalid, notAVault}
	errUnreadable  = &problem{"the answer is malformed", secretmux.ErrCorrupt, "this is not an answer of Key Vault; " + notAVault}
	errChallenge   = &problem{
		"the SDK does not accept the vault's challenge", secretmux.ErrInvalid,
		"write the vault's own host, as in my-vault.vault.azure.net: this host asks for a token of a domain that is not its own",
	}
)

// malformed is the error for an answer with status 200 that has this fault. It never
// quotes the answer.
func malformed(text string) error { return &problem{text, secretmux.ErrCorrupt, notAVault} }
