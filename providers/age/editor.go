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

// recipientsSuffix ends the name of the file beside an age: file that lists its
// readers. age -R reads the same file.
const recipientsSuffix = ".recipients"

// ErrChanged says that another program or person changed a file between [Editor.Open]
// and [Editor.Save]. Nothing was written.
var ErrChanged = errors.New("the file was changed in the meantime")

// Editor changes an encrypted file. Make one with [NewEditor]. It is safe for
// concurrent use. Two editors of one file wait for each other, even in two processes of
// one machine, except on Windows. A change is written into a new file, which replaces
// the old one when it is complete: at every moment the path has either the whole old
// file or the whole new one. The file keeps its mode.
//
// The errors are those of a [Provider]. A change needs an identity, because the MAC of
// a sops file covers all values, and an age file is one piece. A file that does not
// exist yet needs only the recipients.
type Editor struct {
	opts       Options
	recipients []string // the recipients of a file that does not exist yet
	now        func() time.Time
	// step is called before each step of a write. If it returns an error, the step
	// fails with it. It is for tests.
	step func(what string) error
}

// NewEditor returns an editor of the file at opts.Path. recipients are the public keys
// of the readers of a file that does not exist yet; without recipients the file must
// exist. NewEditor reads no file. Its errors are ErrInvalid.
func NewEditor(opts Options, recipients ...string) (*Editor, error) {
	opts, err := opts.check()
	if err != nil {
		return nil, err
	}
	return &Editor{opts: opts, recipients: slices.Clone(recipients), now: time.Now, step: func(string) error { return nil }}, nil
}

// Set sets the value of the key that name maps to. In a sops file that changes the line
// of the key, the line of the MAC and the line of the time. It changes nothing if the
// value is the same. A value that the file can't hold is ErrInvalid.
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

// Remove removes the key that name maps to. If the file does not have it, the error is
// ErrNotFound.
func (e *Editor) Remove(ctx context.Context, name string) error {
	return e.change(ctx, "rm", name, func(d document) (bool, error) {
		if e.opts.Name != "" {
			return false, fault.Invalid("the whole file is one secret", "delete the file")
		}
		had, err := d.remove(env.Name(e.opts.Prefix, name))
		if err == nil && !had {
			err = errAbsent
		}
		return had, err
	})
}

// Draft is the plain text of a file, which a person edits.
type Draft struct {
	// Text is the plain text. The text of a sops file is in the dialect of sops: quotes
	// are part of a value, and \n is a line break.
	Text []byte
	base []byte // the file as it was; nil if there was no file
}

// Open decrypts the file, so that a person can edit it. A file that does not exist
// gives an empty draft if the editor has recipients for it.
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

// Save replaces the draft's text by text. Lines of a sops file that were not changed
// keep their ciphertext. A text that does not parse is ErrInvalid. A file that was
// changed since [Editor.Open] is ErrChanged, which is also ErrInvalid. In both cases
// nothing is written.
func (e *Editor) Save(ctx context.Context, draft *Draft, text []byte) error {
	return e.update(ctx, "save", "", draft.base, true, func(d document) (bool, error) {
		if bytes.Equal(text, draft.Text) && draft.base != nil {
			return false, nil
		}
		return true, d.replace(text)
	})
}

// Recipients returns the public keys of the readers of the file. For a sops file it
// needs no identity. For an age file it reads the list beside it, whose name ends in
// .recipients.
func (e *Editor) Recipients(ctx context.Context) ([]string, error) {
	list, err := e.listed(ctx)
	return list, e.opts.fail("recipients", "", err)
}

// AddRecipients adds public keys that may read the file. Keys that may already read it
// change nothing.
func (e *Editor) AddRecipients(ctx context.Context, keys ...string) error {
	return e.change(ctx, "recipients", "", func(d document) (bool, error) {
		if _, err := parseRecipients(keys); err != nil {
			return false, err
		}
		all := slices.Clone(d.recipients())
		if len(all) == 0 { // all present readers would be shut out
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

// RemoveRecipients removes public keys: the file is encrypted with a new data key, so
// they can't read anything that is written from now on. Their owners may still know the
// values that they could read, so rotate every secret of the file too. A key that is
// not among the recipients is ErrNotFound. Removing the last one is ErrInvalid.
func (e *Editor) RemoveRecipients(ctx context.Context, keys ...string) error {
	return e.change(ctx, "recipients", "", func(d document) (bool, error) {
		all := slices.Clone(d.recipients())
		for _, key := range keys {
			i := slices.Index(all, strings.TrimSpace(key))
			if i < 0 {
				return false, &fault.Error{Class: secretmux.ErrNotFound, Problem: "a key is not among the recipients of the file", Hint: "give a key that secretmux recipients list prints"}
			}
			all = slices.Delete(all, i, i+1)
		}
		return true, d.admit(all, true)
	})
}

// Reencrypt encrypts the file with a new key for the same recipients.
func (e *Editor) Reencrypt(ctx context.Context) error {
	return e.change(ctx, "reencrypt", "", func(d document) (bool, error) { return true, d.admit(d.recipients(), true) })
}

// load reads and decrypts the file. If there is no file, it begins one.
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
