package age

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age/internal/fault"
	"github.com/secretmux/secretmux/providers/env"
)

// recipientsSuffix ends the name of the file beside an age: file that lists its readers.
// age -R takes the same file.
const recipientsSuffix = ".recipients"

// ErrChanged says that a file was changed by somebody else between [Editor.Open] and
// [Editor.Save]. Nothing was written.
var ErrChanged = errors.New("the file was changed meanwhile")

// Editor changes an encrypted file. Make one with [NewEditor]. It is safe for concurrent
// use, and two of them on one file wait for each other, also in two processes of one
// machine, but on Windows. A change is written beside the file and put in its place
// when it is whole: at no time is the file neither the old one nor the new one. Its mode
// stays.
//
// Errors are those of a [Provider]. A change needs an identity, as the MAC of a sops file
// is over all values, and an age file is one whole; a file that does not exist yet needs
// only the recipients.
type Editor struct {
	opts       Options
	recipients []string // of a file that does not exist yet
	now        func() time.Time
	// step is told before each step of a write, and fails in its place. It is for tests.
	step func(what string) error
}

// NewEditor returns an editor of the file at opts.Path. recipients are the public keys
// of those who may read a file that does not exist yet; without them it has to exist. It
// reads nothing itself. Its errors are ErrInvalid.
func NewEditor(opts Options, recipients ...string) (*Editor, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	return &Editor{opts: opts, recipients: slices.Clone(recipients), now: time.Now, step: func(string) error { return nil }}, nil
}

// Set sets the value of the key that name maps to. In a sops file that changes the line
// of that key and those of the MAC and the time, or nothing where the value is the same.
// A value that the file can't hold is ErrInvalid.
func (e *Editor) Set(ctx context.Context, name string, value []byte) error {
	return e.change(ctx, "set", name, func(d document) (bool, error) {
		if whole, ok := d.(*wholeFile); ok && whole.free {
			if name != e.opts.Name {
				return false, errOtherName
			}
			differs := !bytes.Equal(whole.text, value) || whole.text == nil
			whole.text = slices.Clone(value)
			return differs, nil
		}
		return d.set(env.Name(e.opts.Prefix, name), string(value))
	})
}

// Remove removes the key that name maps to. One that is not there is ErrNotFound.
func (e *Editor) Remove(ctx context.Context, name string) error {
	return e.change(ctx, "rm", name, func(d document) (bool, error) {
		if e.opts.Name != "" {
			return false, fault.Invalid("the file is one secret", "delete the file")
		}
		had, err := d.remove(env.Name(e.opts.Prefix, name))
		if err == nil && !had {
			err = errAbsent
		}
		return had, err
	})
}

// Draft is the plain text of a file, for a person to edit.
type Draft struct {
	// Text is the plain text: of a sops file in the dialect of sops, where quotes are
	// part of a value and \n is a line break.
	Text []byte
	base []byte // the file as it was, nil where there was none
}

// Open decrypts the file for a person to edit. A file that does not exist is empty,
// where the editor has recipients for it.
func (e *Editor) Open(ctx context.Context) (*Draft, error) {
	data, d, err := e.load(ctx)
	if err == nil {
		var text []byte
		if text, err = d.plain(); err == nil {
			return &Draft{Text: text, base: data}, nil
		}
	}
	return nil, e.opts.fail("open", "", err)
}

// Save writes text in place of the draft's. Lines of a sops file that nobody changed keep
// their ciphertext. A text that does not parse is ErrInvalid, and a file that somebody
// changed since [Editor.Open] is ErrChanged, which is ErrInvalid too; then nothing is
// written.
func (e *Editor) Save(ctx context.Context, draft *Draft, text []byte) error {
	return e.update(ctx, "save", "", draft.base, true, func(d document) (bool, error) {
		if bytes.Equal(text, draft.Text) && draft.base != nil {
			return false, nil
		}
		return true, d.replace(text)
	})
}

// Recipients returns the public keys of those who may read the file. It needs no
// identity for a sops file. For an age file they are what the file beside it says, which
// ends in .recipients.
func (e *Editor) Recipients(ctx context.Context) ([]string, error) {
	list, err := e.listed(ctx)
	return list, e.opts.fail("recipients", "", err)
}

// AddRecipients lets more public keys read the file. Those that may already change
// nothing.
func (e *Editor) AddRecipients(ctx context.Context, keys ...string) error {
	return e.change(ctx, "recipients", "", func(d document) (bool, error) {
		if _, err := parseRecipients(keys); err != nil {
			return false, err
		}
		all := slices.Clone(d.recipients())
		if len(all) == 0 { // all who may read it now would be shut out
			return false, errUnknownReaders
		}
		for _, key := range keys {
			if !slices.Contains(all, key) {
				all = append(all, key)
			}
		}
		if slices.Equal(all, d.recipients()) {
			return false, nil
		}
		return true, d.admit(all, false)
	})
}

// RemoveRecipients takes public keys away from those who may read what is written from
// now on: the file is encrypted with a new key. What they could read they may still know,
// so that every secret of the file must be rotated too. A key that is not among the
// recipients is ErrNotFound, and taking away the last one is ErrInvalid.
func (e *Editor) RemoveRecipients(ctx context.Context, keys ...string) error {
	return e.change(ctx, "recipients", "", func(d document) (bool, error) {
		all := slices.Clone(d.recipients())
		for _, key := range keys {
			i := slices.Index(all, strings.TrimSpace(key))
			if i < 0 {
				return false, &fault.Error{Class: secretmux.ErrNotFound, Problem: "a key is not among the recipients", Hint: "secretmux recipients list prints them"}
			}
			all = slices.Delete(all, i, i+1)
		}
		return true, d.admit(all, true)
	})
}

// Reencrypt encrypts the file with a new key for the recipients that it has.
func (e *Editor) Reencrypt(ctx context.Context) error {
	return e.change(ctx, "reencrypt", "", func(d document) (bool, error) { return true, d.admit(d.recipients(), true) })
}

// load reads and opens the file, or begins one.
func (e *Editor) load(ctx context.Context) ([]byte, document, error) {
	type opened struct {
		data []byte
		document
	}
	found, err := settle(ctx, e.opts.Path, func(data []byte) (opened, error) {
		if data == nil {
			data = []byte{}
		}
		d, err := e.opts.document(data, nil)
		return opened{data, d}, err
	})
	if errors.Is(err, fs.ErrNotExist) && len(e.recipients) > 0 {
		d, err := e.opts.document(nil, e.recipients)
		return nil, d, err
	}
	return found.data, found.document, err
}
