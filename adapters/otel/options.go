package otelsecret

import (
	"errors"

	"go.opentelemetry.io/otel/attribute"

	"github.com/secretmux/secretmux"
)

// scope is the name of the meter and the tracer.
const scope = "github.com/secretmux/secretmux/adapters/otel"

// Options says what spans show. The zero Options show no names.
type Options struct {
	// Names adds the names of secrets to spans, as secretmux.name and secretmux.names.
	// A name may show what a company works on, so this is off by default. Metrics never
	// have names.
	Names bool
}

// These are the attributes.
const (
	keySource = attribute.Key("secretmux.source")
	keyReason = attribute.Key("secretmux.fetch.reason")
	keyState  = attribute.Key("secretmux.secret.state")
	keyName   = attribute.Key("secretmux.name")
	keyNames  = attribute.Key("secretmux.names")
	// keyError is error.type of the semantic conventions, which is stable. Its value is
	// _OTHER for an error that fits no other value.
	keyError = attribute.Key("error.type")
)

const other = "_OTHER"

// errorType is the class of a failure, as a word that never changes.
func errorType(class error) string {
	switch class { // classes are sentinels; nothing of a foreign error is called
	case secretmux.ErrNotFound:
		return "not_found"
	case secretmux.ErrDisabled:
		return "disabled"
	case secretmux.ErrDenied:
		return "denied"
	case secretmux.ErrUnauthenticated:
		return "unauthenticated"
	case secretmux.ErrInvalid:
		return "invalid"
	case secretmux.ErrThrottled:
		return "throttled"
	case secretmux.ErrUnavailable:
		return "unavailable"
	case secretmux.ErrCorrupt:
		return "corrupt"
	case secretmux.ErrTooLarge:
		return "too_large"
	case secretmux.ErrRefused:
		return "refused"
	case secretmux.ErrClosed:
		return "closed"
	case errors.ErrUnsupported:
		return "unsupported"
	}
	return other
}

func invalid(problem, hint string) error { return secretmux.Invalid("otel", problem, hint) }

// notMade is the error for an instrument that the SDK refused to make.
func notMade(err error) error {
	return &secretmux.Error{
		Op: "otel", Class: secretmux.ErrInvalid, Err: err,
		Hint: "the MeterProvider refused an instrument; check its views",
	}
}
