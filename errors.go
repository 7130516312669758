package secretmux

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The classes of failure. Every error of this library and of its providers
// belongs to at most one of them; test with [errors.Is]. The fallback chain and
// the cache act only on the class.
var (
	// ErrNotFound says that the secret is provably absent. It is the only class
	// after which a [Chain] goes on to its next link.
	ErrNotFound = errors.New("not found")
	// ErrDisabled says that the secret exists but is deleted, disabled,
	// destroyed or pending deletion.
	ErrDisabled = errors.New("disabled")
	// ErrDenied says that the backend knows who asks and refuses.
	ErrDenied = errors.New("denied")
	// ErrUnauthenticated says that the backend does not know who asks: missing,
	// wrong or expired credentials.
	ErrUnauthenticated = errors.New("unauthenticated")
	// ErrInvalid says that the request or the set-up is wrong: a bad name, a bad
	// config string, a wrong mount. Trying again does not help.
	ErrInvalid = errors.New("invalid")
	// ErrThrottled says that the backend asks to be called less often.
	ErrThrottled = errors.New("throttled")
	// ErrUnavailable says that the backend could not be reached or could not
	// answer: network, 5xx, sealed, a timeout of ours.
	ErrUnavailable = errors.New("unavailable")
	// ErrCorrupt says that the answer arrived but can't be trusted: a wrong
	// checksum, a malformed document.
	ErrCorrupt = errors.New("corrupt")
	// ErrTooLarge says that the value is over the size that is accepted.
	ErrTooLarge = errors.New("too large")
	// ErrRefused says that Options.Validate refused a new value. The previous
	// one is still served, unless the secret was denied, disabled or absent in
	// between.
	ErrRefused = errors.New("refused")
	// ErrClosed says that the store was used after Close.
	ErrClosed = errors.New("closed")
)

// ErrFieldNotFound marks the errors for a #field that a document does not hold.
// Such errors are ErrNotFound as well.
var ErrFieldNotFound = errors.New("field not found")

// Error is the error of every operation. Its text and the texts of all errors
// that this library puts below it hold no secret value, no piece of malformed
// input and no raw URI.
type Error struct {
	// Op is what was attempted: "get", "list", "check", "open" ...
	Op string
	// Name is the secret's name or reference, once it has proved well-formed;
	// empty otherwise.
	Name string
	// Source is the redacted URI of the link that failed, empty when no link
	// was reached.
	Source string
	// Class is one of the Err variables of this package or
	// errors.ErrUnsupported. Nil means that the failure fits no class: the caller
	// cancelled its context, for example.
	Class error
	// Hint says what to do next. It may be empty.
	Hint string
	// Err is the cause, often the SDK's own error. It may be nil.
	Err error
	// RetryAt is when asking again makes sense: when a backend that throttles or
	// that is down is called again. Zero means that nothing is known.
	RetryAt time.Time
}

// Error describes the failure in one line.
func (e *Error) Error() string {
	if e == nil {
		return "secretmux: an error that is a nil pointer"
	}
	var b strings.Builder
	b.WriteString("secretmux")
	if e.Op != "" {
		b.WriteString(": " + e.Op)
	}
	if e.Name != "" {
		b.WriteString(" " + quoted(e.Name))
	}
	if e.Source != "" {
		b.WriteString(" from " + quoted(e.Source))
	}
	if e.Class != nil {
		b.WriteString(": " + e.Class.Error())
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Hint != "" {
		b.WriteString(" (" + e.Hint + ")")
	}
	return b.String()
}

// Unwrap gives the class and the cause to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e == nil {
		return nil
	}
	errs := make([]error, 0, 2)
	if e.Class != nil {
		errs = append(errs, e.Class)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// ClassOf returns the class of err: the Class of the outermost *Error in its
// tree; without one, the first class that errors.Is finds. If err joins several
// errors, one that is not ErrNotFound comes first, because half an answer must not let
// a chain go on. It returns nil for a nil error and for one that fits no class.
func ClassOf(err error) error {
	// It walks by itself: errors.As would take the first branch of joined errors for the
	// whole.
	switch e := err.(type) { //nolint:errorlint // walks the tree itself
	case nil:
		return nil
	case *Error:
		if e == nil {
			return nil
		}
		return e.Class
	case interface{ Unwrap() error }:
		if class := ClassOf(e.Unwrap()); class != nil {
			return class
		}
	case interface{ Unwrap() []error }:
		if class := classOfJoined(e.Unwrap()); class != nil {
			return class
		}
	}
	for _, class := range classes() {
		if errors.Is(err, class) {
			return class
		}
	}
	return nil
}

// classOfJoined is the first class that would stop a chain, and ErrNotFound only where
// all say so.
func classOfJoined(errs []error) error {
	var found error
	for _, err := range errs {
		switch class := ClassOf(err); {
		case class == nil:
		case !errors.Is(class, ErrNotFound):
			return class
		default:
			found = class
		}
	}
	return found
}

// classes has ErrNotFound last, for the reason that ClassOf gives.
func classes() []error {
	return []error{
		ErrDisabled, ErrDenied, ErrUnauthenticated, ErrInvalid, ErrThrottled, ErrUnavailable,
		ErrCorrupt, ErrTooLarge, ErrRefused, ErrClosed, errors.ErrUnsupported, ErrNotFound,
	}
}

// className is the class of err in a word, for a list.
func className(err error) string {
	if class := ClassOf(err); class != nil {
		return class.Error()
	}
	return "failed"
}

// outermost is the first *Error in err's tree, nil when there is none.
func outermost(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// hintOf is what the outermost *Error says to do, and empty where there is none.
func hintOf(err error) string {
	if e := outermost(err); e != nil {
		return e.Hint
	}
	return ""
}

// retryAt is when it makes sense to ask again after err; zero if that is unknown.
func retryAt(err error) time.Time {
	if e := outermost(err); e != nil {
		return e.RetryAt
	}
	return time.Time{}
}

// Invalid makes the error for bad input, an *Error of class ErrInvalid: op is
// what was attempted, problem what is wrong, hint what to write instead (it may be
// empty). Neither may quote the input, which may be a secret in the wrong place.
func Invalid(op, problem, hint string) error { return invalid(op, problem, hint) }

// invalid is the short name of Invalid. The text of a mistake is the same wherever it
// is made.
func invalid(op, problem, hint string) error {
	return &Error{Op: op, Class: ErrInvalid, Err: errors.New(problem), Hint: hint}
}

// quoted makes text safe for a log line: bidirectional and zero-width characters
// of a name would change what the line seems to say.
func quoted(text string) string { return strconv.Quote(text) }

// ManyError is the error of a call that reads several references:
// [Store.GetAll], [Store.Preload] and [Store.Refresh]. Reach it with errors.As to
// learn which ones failed. It is not safe to change while others read it.
type ManyError struct {
	// Failed has the error of each reference that failed, by the reference as the
	// caller wrote it. It is never empty.
	Failed map[string]error
}

// manyError returns nil when nothing failed.
//
// A typed nil in an error would not be nil, so that it is made in one place.
func manyError(failed map[string]error) error {
	if len(failed) == 0 {
		return nil
	}
	return &ManyError{Failed: failed}
}

// Error lists the failures, sorted by reference.
func (e *ManyError) Error() string {
	texts := make([]string, 0, len(e.Failed))
	// Sorted, so that two runs give the same text.
	for _, ref := range slices.Sorted(maps.Keys(e.Failed)) {
		texts = append(texts, e.Failed[ref].Error())
	}
	return strings.Join(texts, "\n")
}

// Is reports whether every failure is target: five denied secrets and an absent
// one are not "not found", or a default would take the place of all six. Only for
// context.Canceled and context.DeadlineExceeded is one failure enough, as the
// caller's context is the same for all.
func (e *ManyError) Is(target error) bool {
	some := errors.Is(target, context.Canceled) || errors.Is(target, context.DeadlineExceeded)
	for _, err := range e.Failed {
		if errors.Is(err, target) == some {
			return some
		}
	}
	return !some && len(e.Failed) > 0
}

// As looks inside only if exactly one reference failed. Of several failures it would
// find one by chance.
func (e *ManyError) As(target any) bool {
	if len(e.Failed) != 1 {
		return false
	}
	for _, err := range e.Failed {
		return errors.As(err, target)
	}
	return false
}
