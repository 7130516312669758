package faults

import (
	"errors"

	"github.com/secretmux/secretmux"
)

// failure makes an *Error from a bare class.
func (p *provider) failure(op Op, name string, err error) error {
	if err == nil || !bareClass(err) {
		return err
	}
	return &secretmux.Error{
		Op: string(op), Name: name, Source: p.String(), Class: err, Err: errors.New("injected by a test"),
		Hint: "check the rules that the test gives to testing/faults",
	}
}

func (p *provider) ended(op Op, name string, err error) error {
	return &secretmux.Error{Op: string(op), Name: name, Source: p.String(), Err: err}
}

// bareClass reports whether err is a class itself and not an error that wraps one.
func bareClass(err error) bool {
	class := secretmux.ClassOf(err)
	return class != nil && class == err //nolint:errorlint // asks whether anything wraps it
}
