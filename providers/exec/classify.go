package exec

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"syscall"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// The faults of a command. Their texts never quote its output.
var (
	errName      = errors.New("a command could read this name as an option or as part of a program")
	errOtherName = errors.New("the command prints only another secret")
	errAbsent    = errors.New("the command says that the secret does not exist")
	errNothing   = errors.New("the command printed nothing")
	errGone      = errors.New("the program does not exist any more, or this process may not run it")
	errHeldOpen  = errors.New("a process that the command started keeps its standard output open")
)

// exitError says that the command failed.
type exitError struct {
	code   int // -1 if a signal ended the command
	stderr int64
}

func (e *exitError) Error() string {
	how := "a signal ended the command"
	if e.code >= 0 {
		how = "the command ended with exit code " + strconv.Itoa(e.code)
	}
	if e.stderr == 0 {
		return how + " and wrote nothing to its standard error"
	}
	return how + " and wrote " + strconv.FormatInt(e.stderr, 10) + " bytes to its standard error; they are not shown, because they may hold the value"
}

// startError says that the command could not be started, or that its output could not
// be read.
type startError struct{ cause error }

func (e *startError) Error() string { return "the program can't be run: " + e.cause.Error() }
func (e *startError) Unwrap() error { return e.cause }

// cause keeps the system's own error and drops everything else, such as the
// arguments.
func cause(err error) error {
	var native syscall.Errno
	switch {
	case errors.As(err, &native):
		return native
	case errors.Is(err, fs.ErrNotExist):
		return fs.ErrNotExist
	case errors.Is(err, fs.ErrPermission):
		return fs.ErrPermission
	}
	return errors.New("the system refused")
}

// fail makes the one error type of every failure here. It returns nil for a nil
// error.
func (p *Provider) fail(op, name string, err error) error {
	if err == nil {
		return nil
	}
	class, hint := classify(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: err}
}

func classify(err error) (class error, hint string) {
	var exit *exitError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, ""
	case errors.Is(err, errName):
		return secretmux.ErrInvalid, "use letters, digits, spaces and / _ - . : @ + = in names, and start each word with a letter, a digit or _"
	case errors.Is(err, errOtherName):
		return secretmux.ErrNotFound, "ask for the name that name= gives, or write {name} in an argument of a command that prints any secret"
	case errors.Is(err, errAbsent):
		return secretmux.ErrNotFound, "create the secret in the place where the command looks for it"
	case errors.Is(err, steady.ErrTooLarge):
		return secretmux.ErrTooLarge, "make the secret smaller: the limit is 1 MiB"
	case errors.Is(err, steady.ErrUTF16):
		return secretmux.ErrInvalid, "make the command print UTF-8, or write trim=none to get its bytes unchanged"
	case errors.Is(err, errNothing):
		return secretmux.ErrUnavailable, "run the command by hand; if the secret is really empty, write empty=keep"
	case errors.Is(err, errHeldOpen):
		return secretmux.ErrUnavailable, "make that process close its standard output, like a daemon"
	case errors.As(err, &exit):
		return secretmux.ErrUnavailable, "run the command by hand, only with the variables that it gets here; if this exit code means that the secret does not exist, write it in notfound="
	}
	return secretmux.ErrUnavailable, "install the program, or make it executable"
}
