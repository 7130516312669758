package settings

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/secretmux/secretmux"
)

// These are the classes of problems with a value that was read. Errors of these
// classes are secretmux.ErrInvalid too.
var (
	// ErrUnparsable says that a value does not have its field's type, or is not in
	// the encoding that the field's tag names.
	ErrUnparsable = errors.New("unparsable")
	// ErrRule says that a value breaks a rule of a validate tag.
	ErrRule = errors.New("breaks a rule")
	// ErrPlaceholder says that a value is the text of a template that was not
	// filled in, or a reference that was not resolved.
	ErrPlaceholder = errors.New("placeholder")
)

// Problem is a problem with one field. It holds no value.
type Problem struct {
	// Field is the field's path in the struct, such as DB.Password.
	Field string
	// Ref is the reference that the field is filled from. It is empty for a rule on a
	// nested struct, because that is not a setting.
	Ref string
	// Source is the redacted URI of the link that answered or failed. If each link
	// said "not found", it has the URIs of all links that were asked. For a value
	// from the default tag it is "default". It is empty if no source is known.
	Source string
	// Class is one of the Err variables of secretmux for a failed read, and one of
	// this package's for a value that was read. It is nil if the context of Load
	// ended.
	Class error
	// Detail says what is wrong, or which value is expected. It may quote the struct, but
	// never the value. It may be empty.
	Detail string
	// Hint says what to do next. It may be empty.
	Hint string
	// Err is the error of the store, or a *secretmux.Error that is both
	// secretmux.ErrInvalid and Class.
	Err error

	// gone says which file or folder of which link does not exist. Fields that lack a
	// value for that reason have one cause.
	gone string
}

// String describes the problem in one line.
func (p Problem) String() string { return strings.Join(p.cells(), "  ") }

// cells are the columns of the table.
func (p Problem) cells() []string {
	what := p.className()
	if p.Detail != "" {
		what += ": " + p.Detail
	}
	cells := []string{p.Field, p.Ref, what}
	hint := p.Hint
	if p.gone != "" && p.gone != hint {
		hint += ", or " + p.gone
	}
	if p.Source != "" || hint != "" {
		cells = append(cells, p.Source)
	}
	if hint != "" {
		cells = append(cells, hint)
	}
	return cells
}

// common are the columns that all problems with one cause share, and own those that
// are p's beside them.
func (p Problem) common() []string {
	if p.gone != "" {
		p.Hint = p.gone
	}
	return p.cells()[2:]
}

func (p Problem) own() []string {
	own := []string{p.Field, p.Ref}
	if p.gone != "" && p.gone != p.Hint {
		own = append(own, p.Hint)
	}
	return own
}

func (p Problem) className() string {
	switch {
	case p.Class != nil:
		return p.Class.Error()
	case errors.Is(p.Err, context.Canceled):
		return "cancelled"
	case errors.Is(p.Err, context.DeadlineExceeded):
		return "timed out"
	}
	return "failed"
}

// unread is the problem of a field whose secret could not be read.
func unread(l *leaf, err error) Problem {
	p := Problem{Field: l.path, Ref: l.ref, Class: secretmux.ClassOf(err), Err: err}
	var known *secretmux.Error
	if errors.As(err, &known) {
		p.Source, p.Hint = known.Source, known.Hint
		// The cause of a mistake in the set-up is in a file or a variable. This
		// project made its text, and it quotes nothing.
		if errors.Is(p.Class, secretmux.ErrInvalid) && known.Err != nil {
			p.Detail = known.Err.Error()
		}
	}
	if errors.Is(err, secretmux.ErrFieldNotFound) {
		p.Detail = secretmux.ErrFieldNotFound.Error()
	}
	var attempts *secretmux.FallbackError
	switch {
	case !absent(err):
	case errors.As(err, &attempts):
		p.Source, p.Hint, p.gone = wherever(attempts)
	case gone(err):
		p.gone = p.Hint
	}
	if absent(err) && p.Hint == "" {
		p.Hint = "set the secret, or give the field a default or optional tag"
	}
	return p
}

// wherever lists the links that were asked, the hint of the first one that has one of
// its own for this field, and what the hints of links say whose file or folder does not
// exist.
func wherever(e *secretmux.FallbackError) (source, hint, missing string) {
	sources := make([]string, len(e.Attempts))
	var containers []string
	for i, a := range e.Attempts {
		sources[i] = a.Source
		var known *secretmux.Error
		switch {
		case !errors.As(a.Err, &known) || known.Hint == "":
		case gone(a.Err):
			if !slices.Contains(containers, known.Hint) {
				containers = append(containers, known.Hint)
			}
		case hint == "":
			hint = known.Hint
		}
	}
	missing = strings.Join(containers, ", or ")
	return strings.Join(sources, ", "), cmp.Or(hint, missing), missing
}

// gone reports whether err says that the file or folder of a link does not exist. For a
// single file below a folder the error is the system's own.
func gone(err error) bool {
	var native syscall.Errno
	return errors.Is(err, fs.ErrNotExist) && !errors.As(err, &native)
}

// unfit is the problem of a field whose secret was read and can't be used.
func unfit(l *leaf, source string, class error, detail, hint string) Problem {
	return Problem{
		Field: l.path, Ref: l.ref, Source: source, Class: class, Detail: detail, Hint: hint,
		Err: &secretmux.Error{
			Op: "load", Name: l.ref, Source: source, Class: secretmux.ErrInvalid, Hint: hint,
			Err: &unfitError{class: class, field: l.path, detail: detail},
		},
	}
}

// unfitError replaces the decoder's or validator's error, which may quote the value.
type unfitError struct {
	class         error
	field, detail string
}

func (e *unfitError) Error() string {
	text := "field " + strconv.Quote(e.field) + ": " + e.class.Error()
	if e.detail != "" {
		text += ": " + e.detail
	}
	return text
}

func (e *unfitError) Unwrap() error { return e.class }
