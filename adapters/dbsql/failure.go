package dbsql

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"syscall"

	"github.com/secretmux/secretmux"
)

// driverError is an error of a driver without its text, because drivers quote the DSN
// that they were given, or a part of it. Its own text quotes nothing. errors.As and
// errors.Is find the driver's error. A closure holds it: a driver's error may hold a
// config with a password in it, and some loggers print whole structures.
type driverError struct{ cause func() error }

func hidden(err error) *driverError { return &driverError{func() error { return err }} }

func (e *driverError) Error() string        { return describe(e.cause()) }
func (e *driverError) As(target any) bool   { return errors.As(e.cause(), target) }
func (e *driverError) Is(target error) bool { return errors.Is(e.cause(), target) }

// describe returns the part of an error that can't hold a text of a secret: a code, a
// number, an error of the operating system, or the name of a type.
func describe(err error) string {
	var errno syscall.Errno
	var timeout interface{ Timeout() bool }
	switch {
	case sqlState(err) != "":
		return "the database answered SQLSTATE " + sqlState(err)
	case number(err) != "":
		return "the database answered error " + number(err)
	case errors.As(err, &errno):
		return "network: " + errno.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "the time limit has passed"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the database closed the connection"
	default:
		return "the driver returned a " + kind(err)
	}
}

// number returns the field Number of an error of MySQL or of SQL Server.
func number(err error) string {
	for _, e := range tree(err) {
		v := reflect.Indirect(reflect.ValueOf(e))
		if v.Kind() != reflect.Struct {
			continue
		}
		field, ok := v.Type().FieldByName("Number")
		switch {
		case !ok || len(field.Index) != 1:
		case v.FieldByIndex(field.Index).CanInt():
			return strconv.FormatInt(v.FieldByIndex(field.Index).Int(), 10)
		case v.FieldByIndex(field.Index).CanUint():
			return strconv.FormatUint(v.FieldByIndex(field.Index).Uint(), 10)
		}
	}
	return ""
}

// kind is the type of the innermost error that has a type of its own.
func kind(err error) string {
	name := fmt.Sprintf("%T", err)
	for _, e := range tree(err) {
		if t := fmt.Sprintf("%T", e); !strings.HasPrefix(t, "*errors.") && !strings.HasPrefix(t, "*fmt.") {
			name = t
		}
	}
	return name
}

// tree returns err and all errors below it.
func tree(err error) []error {
	if err == nil {
		return nil
	}
	all := []error{err}
	switch e := err.(type) { //nolint:errorlint // each error of the tree is asked alone
	case interface{ Unwrap() error }:
		all = append(all, tree(e.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			all = append(all, tree(below)...)
		}
	}
	return all
}

// classOf is the class of a failed login that was not refused. In a SQLSTATE, 08 means
// the connection, 53 a lack of resources, and 57 an operator's intervention.
func classOf(err error) error {
	var network interface {
		Timeout() bool
		Temporary() bool
	}
	switch code := sqlState(err); {
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "53"), strings.HasPrefix(code, "57"):
		return secretmux.ErrUnavailable
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return secretmux.ErrUnavailable
	default:
		return nil
	}
}

// connectError is the error of a login that failed, but was not refused.
func connectError(ctx context.Context, ref string, err error) error {
	switch {
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		return contextError(ref, ctx.Err(), "")
	default:
		return &secretmux.Error{Op: "connect", Name: ref, Class: classOf(err), Err: hidden(err), Hint: hintAs}
	}
}

const hintAs = "errors.As finds the driver's own error"

// refusedError is the error of a login that stayed refused. renewed is the error of
// the last try to read the secret again.
func (l *Login) refusedError(refused, renewed error) error {
	l.mu.Lock()
	unusable := l.spurned != nil
	l.mu.Unlock()
	hint := "the secret was read again and is the same"
	switch {
	case unusable:
		hint = "the secret has a newer value that can't be used; Store.Check says why"
	case renewed != nil:
		hint = "the secret could not be read again"
		if class := secretmux.ClassOf(renewed); class != nil {
			hint += ": " + class.Error()
		}
	case l.opts.Patience == 0:
		hint += "; if the database and the secret change one after the other, set Options.Patience"
	}
	return &secretmux.Error{
		Op: "connect", Name: l.live.Ref(), Class: secretmux.ErrUnauthenticated, Err: hidden(refused), Hint: hint + "; " + hintAs,
	}
}

func closedError(ref string) error {
	return &secretmux.Error{Op: "connect", Name: ref, Class: secretmux.ErrClosed, Err: errors.New("the connector was closed")}
}

func contextError(ref string, err error, hint string) error {
	return &secretmux.Error{Op: "connect", Name: ref, Err: err, Hint: hint}
}

// unusableError is the error for a value that can't become a login. known is its cause,
// if this project made that.
func unusableError(ref, problem string, known *secretmux.Error) error {
	e := &secretmux.Error{Op: "use", Name: ref, Class: secretmux.ErrInvalid, Hint: "correct the value; the previous value stays in use, and the text of the error is left out because it may hold the value"}
	if known != nil {
		e.Err, e.Hint = known, "correct the value; the previous value stays in use"
		return e
	}
	e.Err = errors.New(problem)
	return e
}
