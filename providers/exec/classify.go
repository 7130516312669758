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
	errName      = errors.New("the name has characters that could be more than a name to a command")
	errOtherName = errors.New("the command prints another secret only")
	errAbsent    = errors.New("the command says that there is no such secret")
	errNothing   = errors.New("the command printed nothing")
	errGone      = errors.New("the program is not there any more, or may not be run")
	errHeldOpen  = errors.New("a process that the command started keeps its standard output open")
)

// exitError says that the command failed.
type exitError struct {
	code   int // -1 after a signal
	stderr int64
}

func (e *exitError) Error() string {
	how := "the command was ended by a signal"
	if e.code >= 0 {
		how = "the command ended with exit code " + strconv.Itoa(e.code)
	}
	if e.stderr == 0 {
		return how + " and wrote nothing to its standard error"
	}
	return how + " and wrote " + strconv.FormatInt(e.stderr, 10) + " bytes to its standard error, which may hold the value and are not shown"
}

// startError says that the command could not be started or its output not be read.
type startError struct{ cause error }

func (e *startError) Error() string { return "the program can't be run: " + e.cause.Error() }
func (e *startError) Unwrap() error { return e.cause }

// cause keeps what the system says and drops everything else, such as the arguments.
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

// fail makes the one error type of every failure here, or nil of nil.
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
		return secretmux.ErrNotFound, "ask for the name in name=, or let the command print any secret, with {name} in an argument"
	case errors.Is(err, errAbsent):
		return secretmux.ErrNotFound, "create the secret where the command looks for it"
	case errors.Is(err, steady.ErrTooLarge):
		return secretmux.ErrTooLarge, "the limit is 1 MiB"
	case errors.Is(err, steady.ErrUTF16):
		return secretmux.ErrInvalid, "let the command print UTF-8, or write trim=none to get its bytes"
	case errors.Is(err, errNothing):
		return secretmux.ErrUnavailable, "run the command by hand; where nothing is the secret, write empty=keep"
	case errors.Is(err, errHeldOpen):
		return secretmux.ErrUnavailable, "let that process close its standard output, as a daemon does"
	case errors.As(err, &exit):
		return secretmux.ErrUnavailable, "run the command by hand, with the variables of env= only; notfound= says which exit code means that a secret does not exist"
	}
	return secretmux.ErrUnavailable, "install the program, or make it executable"
}
