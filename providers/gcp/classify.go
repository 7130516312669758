package gcp

import (
	"errors"

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
// from call or from this package.
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

// outage reports whether err only says that there was no answer.
func outage(err error) bool {
	class, _ := classify(err)
	return class == nil || errors.Is(class, secretmux.ErrUnavailable)
}

// problem is a failure with a text of its own.
type problem struct {
	text string
	of   error // the class
	hint string
}

func (p *problem) Error() string                     { return p.text }
func (p *problem) class() (class error, hint string) { return p.of, p.hint }

const notSecretManager = "check endpoint= and any proxy on the way: the answer is not from Secret Manager"

var (
	errClosed = &problem{"the provider was closed", secretmux.ErrClosed, "close the store or the provider last"}
	errClient = &problem{
		"the client can't be made from these settings", secretmux.ErrInvalid,
		"check Options.ClientOptions and the variables GOOGLE_API_USE_CLIENT_CERTIFICATE, GOOGLE_API_USE_MTLS_ENDPOINT and GOOGLE_CLOUD_UNIVERSE_DOMAIN",
	}

	errNoCredentials = &problem{
		"there are no Application Default Credentials", secretmux.ErrUnauthenticated,
		"attach a service account to the workload, run gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS to a file with credentials",
	}
	errBadCredentials = &problem{
		"the Application Default Credentials can't be used", secretmux.ErrUnauthenticated,
		"check the file of GOOGLE_APPLICATION_CREDENTIALS, or the file that gcloud auth application-default login wrote",
	}
	errNoFile = &problem{
		"the file that GOOGLE_APPLICATION_CREDENTIALS names can't be read", secretmux.ErrUnauthenticated,
		"set GOOGLE_APPLICATION_CREDENTIALS to the path of a file that this process may read",
	}

	errNoPrevious  = &problem{"the current version is the first one", secretmux.ErrNotFound, ""}
	errNoneEnabled = &problem{"no version is enabled", secretmux.ErrDisabled, "add or enable a version"}

	errNoPayload   = &problem{"the answer has no payload", secretmux.ErrCorrupt, notSecretManager}
	errChecksum    = &problem{"the value does not match its CRC32C checksum", secretmux.ErrCorrupt, "check endpoint= and any proxy on the way"}
	errOtherSecret = &problem{"the answer is not for the secret or version that was asked for", secretmux.ErrCorrupt, "check endpoint= and any proxy on the way"}
	errNoChecksum  = &problem{
		"the value came without its CRC32C checksum", secretmux.ErrCorrupt,
		"check endpoint=, and that the emulator sends checksums: Secret Manager always does",
	}
	errTooLarge = &problem{"the value is over 1 MiB", secretmux.ErrTooLarge, "check endpoint=: a secret in Secret Manager has at most 64 KiB"}
)
